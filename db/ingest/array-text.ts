/**
 * Writes a text array as Postgres reads it (https://www.postgresql.org/docs/18/arrays.html#ARRAYS-IO). Pass
 * the result as text and cast it. postgres.js takes several times as long to write an array, which matters
 * for those of every batch.
 */
export function arrayText(values: readonly string[]): string {
  let text = ''
  for (const value of values) text += text === '' ? quote(value) : `,${quote(value)}`
  return `{${text}}`
}

const quote = (value: string): string =>
  `"${/["\\]/.test(value) ? value.replaceAll(/["\\]/g, String.raw`\$&`) : value}"`
