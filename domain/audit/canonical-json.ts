import { isJsonObject, withoutUnstorableCharacters } from '../login/json-value.ts'

/**
 * The one JSON text of a value (RFC 8785): keys in the order of their UTF-16 units, no spaces. Values become what
 * JSON.stringify makes of them. Postgres takes the text as jsonb: NUL and lone surrogates become U+FFFD.
 */
export const canonicalJson = (value: object): string =>
  withoutUnstorableCharacters(textOf(JSON.parse(JSON.stringify(value))))

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${textOf(value[key])}`).join()}}`
}
