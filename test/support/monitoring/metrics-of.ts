/** What stands where a name of a metric may stand, in an expression without its texts and labels. */
export const metricsOf = (expression: string): string[] =>
  expression
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\b(by|on|offset|without) *(\([^)]*\)|\w+)/g, '')
    .match(/\b[a-z][a-z0-9_:]*[_:][a-z0-9_:]*\b(?! *\()|\bup\b/g) ?? []
