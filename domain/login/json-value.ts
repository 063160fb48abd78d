export type JsonObject = Record<string, unknown>

/** An object in JSON's sense, own keys only: arrays and null are none. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a parsed JSON value nests more than `levels` objects and arrays; looks no deeper than that. */
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
 * Parses like JSON.parse, but JSON.stringify of what comes back writes every number as it stood in `text`, where a
 * double may not hold it (2^53 + 1, 2.10). Numbers that Postgres `numeric` may not hold (1e400) come back as their text.
 * The nesting of `text` must be known to be shallow: revivers run recursively.
 */
export const parseKeepingNumbers = (text: string): unknown =>
  json.parse(text, (_key, value, context) =>
    typeof value === 'number' && context.source !== undefined ? exactNumber(value, context.source) : value,
  )

/** Whether some number in a parsed JSON value may have been written differently from how JSON.stringify writes it. */
export function holdsInexactNumber(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isSafeInteger(value)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(holdsInexactNumber)
}

/**
 * JSON text that Postgres `jsonb` takes: NUL and lone surrogates, which JSON can escape and jsonb cannot hold, become
 * U+FFFD. `text` must come from JSON.stringify, which writes exactly those two as \u escapes in lower case.
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

// Far below the 16,383 digits after the point that `numeric` holds, above what a double's exponent can ask for.
const EXACT_NUMBER_MAX_CHARACTERS = 300

function exactNumber(value: number, source: string): unknown {
  const hasExponent = /e/i.test(source)
  const fitsNumeric =
    source.length <= EXACT_NUMBER_MAX_CHARACTERS && (!hasExponent || (Number.isFinite(value) && value !== 0))
  return fitsNumeric ? json.rawJSON(source) : source
}
