/**
 * Cuts text to `maxCharacters` UTF-16 units and replaces NUL and lone surrogates, which Postgres `text`
 * and payloads of workflows refuse.
 */
export const storableText = (text: string, maxCharacters: number): string =>
  text.slice(0, maxCharacters).toWellFormed().replaceAll('\0', '\ufffd')
