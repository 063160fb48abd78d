import { isNestedDeeperThan } from './json-value.ts'
import { storableText } from './storable-text.ts'

const SHOWN_CHARACTERS = 100
/** JSON.stringify walks through a value recursively, so deeper values are only named. */
const SHOWN_LEVELS = 32

/**
 * Describes a value for people, with numbers in the digits that were sent. A long value is cut after its
 * beginning.
 */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return typeName(value)
  if (isNestedDeeperThan(value, SHOWN_LEVELS))
    return `the ${typeName(value)} of more than ${SHOWN_LEVELS} levels`
  const text = JSON.stringify(value)
  // The value is a number that a double may not hold, kept by parseKeepingNumbers as it was written.
  const type = typeof value === 'object' && /^[-\d]/.test(text) ? 'number' : typeName(value)
  if (text.length <= SHOWN_CHARACTERS) return `the ${type} ${text}`
  const size = typeof value === 'string' ? ` of ${value.length} characters` : ''
  return `the ${type}${size} that begins with ${text.slice(0, SHOWN_CHARACTERS)}`
}

export const typeName = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'string' ? 'text' : typeof value

const SHOWN_KEYS = 30
const SHOWN_KEY_CHARACTERS = 40

/** Lists the keys of a message, so that people see when a producer renamed one. */
export function describeKeys(message: object): string {
  const keys = Object.keys(message)
  if (keys.length === 0) return 'no keys'
  const shown = keys.slice(0, SHOWN_KEYS).map((key) => key.slice(0, SHOWN_KEY_CHARACTERS))
  return `keys: ${shown.join(', ')}${keys.length > SHOWN_KEYS ? ` and ${keys.length - SHOWN_KEYS} more` : ''}`
}

const DETAIL_MAX_CHARACTERS = 1_000

/** Makes a detail short and safe to store and to log. Rollcall keeps the bytes of the record as well. */
export const boundedDetail = (detail: string): string => storableText(detail, DETAIL_MAX_CHARACTERS)
