/** A name of a header of HTTP (RFC 9110, section 5.6.2). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** A value that it may have. */
const FIELD_VALUE = /^[\x20-\x7e]*$/

/**
 * Pairs as W3C Baggage writes them, without properties: `name=value`, separated by commas, percent-encoded. The last of a name
 * counts. Null: it is not written so.
 * https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
 */
export function pairsOf(text: string): Record<string, string> | null {
  const pairs: [string, string][] = []
  for (const item of text.split(',').map((given) => given.trim())) {
    if (item === '') continue
    const equals = item.indexOf('=')
    const [name, value] = [item.slice(0, equals), item.slice(equals + 1)].map((part) => decoded(part.trim()))
    if (equals < 1 || name == null || name === '' || value == null) return null
    pairs.push([name, value])
  }
  return Object.fromEntries(pairs)
}

/** Headers as pairs. Null: they are none, or could not be sent. */
export function headersOf(text: string): Record<string, string> | null {
  const pairs = pairsOf(text)
  if (pairs === null) return null
  const isHeader = ([name, value]: [string, string]) => TOKEN.test(name) && FIELD_VALUE.test(value)
  return Object.entries(pairs).every(isHeader) ? pairs : null
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
