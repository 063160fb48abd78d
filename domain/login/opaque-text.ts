/**
 * Whether a value is text that Rollcall keeps as it is: not blank, at most `maxCharacters` code points, and
 * without what Postgres `text` refuses (NUL, lone surrogates).
 */
export function isOpaqueText(value: unknown, maxCharacters: number): value is string {
  if (typeof value !== 'string') return false
  if (value.length > maxCharacters && !isShort(value, maxCharacters)) return false
  return value.isWellFormed() && !value.includes('\0') && value.trim() !== ''
}

// A code point takes one or two UTF-16 units, so only lengths between the two bounds need counting.
const isShort = (value: string, maxCharacters: number) =>
  value.length <= 2 * maxCharacters && Array.from(value).length <= maxCharacters
