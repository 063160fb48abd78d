/**
 * Whether a value is text that Rollcall keeps as it is: not blank, at most `maxCharacters` (code points), and nothing
 * that Postgres `text` refuses (NUL, lone surrogates).
 */
export function isOpaqueText(value: unknown, maxCharacters: number): value is string {
  if (typeof value !== 'string') return false
  if (value.length > maxCharacters && !isShort(value, maxCharacters)) return false
  return value.isWellFormed() && !value.includes('\0') && value.trim() !== ''
}

// A code point is one or two UTF-16 units; only texts between the two bounds are worth counting.
const isShort = (value: string, maxCharacters: number) =>
  value.length <= 2 * maxCharacters && Array.from(value).length <= maxCharacters
