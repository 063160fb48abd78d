/**
 * A text array as Postgres reads it (https://www.postgresql.org/docs/18/arrays.html#ARRAYS-IO), to be given as text and
 * cast. postgres.js takes several times as long, which counts for the arrays of every batch.
 */
export function arrayText(values: readonly string[]): string {
  let text = ''
  for (const value of values) text += text === '' ? quote(value) : `,${quote(value)}`
  return `{${text}}`
}

const quote = (value: string): string =>
  `"${/["\\]/.test(value) ? value.replaceAll(/["\\]/g, String.raw`\$&`) : value}"`
