export type JsonObject = Record<string, unknown>

/** Whether a value is an object in JSON's sense. Arrays and null are not. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a text says as JSON. Null: nothing, or null. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Whether a parsed JSON value nests more than `levels` objects and arrays. It looks no deeper than that. */
export function isNestedDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  const container = value as JsonObject
  for (const key in container) {
    if (isNestedDeeperThan(container[key], levels - 1)) return true
  }
  return false
}

/**
 * Parses like JSON.parse. If a double may not hold a number (2^53 + 1, 2.10), JSON.stringify of the result
 * writes it as it stood in `text`. Numbers that Postgres `numeric` may not hold (1e400) come back as text.
 * The caller must know that `text` does not nest deep, because revivers run recursively.
 */
export const parseKeepingNumbers = (text: string): unknown =>
  json.parse(text, (_key, value, context) =>
    typeof value === 'number' && context.source !== undefined ? exactNumber(value, context.source) : value,
  )

/**
 * Whether a parsed JSON value has a number that JSON.stringify may write differently from how it was sent.
 */
export function holdsInexactNumber(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isSafeInteger(value)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(holdsInexactNumber)
}

/**
 * Makes JSON text that Postgres `jsonb` accepts: replaces NUL and lone surrogates, which JSON can escape and
 * jsonb cannot hold, by U+FFFD. `text` must come from JSON.stringify, which writes exactly those two as \u
 * escapes in lower case.
 */
export const withoutUnstorableCharacters = (text: string): string =>
  text.includes('\\u')
    ? text.replace(/\\(?:u(0000|d[89a-f][0-9a-f]{2})|.)/g, (escape, unstorable: string | undefined) =>
        unstorable === undefined ? escape : '\ufffd',
      )
    : text

// ES2026 "JSON.parse source text access", in Node since 21 and not yet in TypeScript's library.
type JsonWithSources = {
  parse: (
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ) => unknown
  rawJSON: (source: string) => unknown
}
const json = JSON as unknown as JsonWithSources

// Far below the 16,383 digits after the point that `numeric` holds, and above what a double's exponent can
// need.
const EXACT_NUMBER_MAX_CHARACTERS = 300

function exactNumber(value: number, source: string): unknown {
  const hasExponent = /e/i.test(source)
  const fitsNumeric =
    source.length <= EXACT_NUMBER_MAX_CHARACTERS && (!hasExponent || (Number.isFinite(value) && value !== 0))
  return fitsNumeric ? json.rawJSON(source) : source
}
