/**
 * What Active Directory means by the number in its refusal of a bind:
 * https://learn.microsoft.com/en-us/windows/win32/debug/system-error-codes--1300-1699-
 */
const meanings: Record<string, string> = {
  '525': 'there is no such account',
  '52e': 'the password is wrong',
  '530': 'the account may not sign in at this time',
  '531': 'the account may not sign in from here',
  '532': 'the password has expired',
  '533': 'the account is disabled',
  '701': 'the account has expired',
  '773': 'the password must be changed first',
  '775': 'the account is locked',
}

/** Most others say nothing but the result code of invalid credentials. */
const NO_WORDS = /^\s*Code: 0x31$/

/** What a directory says to a bind that it refuses, for the log. */
export function refusalInWords(message: string): string {
  const code = /\bdata ([0-9a-f]+)\b/i.exec(message)?.[1]?.toLowerCase() ?? ''
  const meaning = meanings[code]
  if (meaning !== undefined) return `${meaning}: data ${code}`
  return NO_WORDS.test(message) ? 'the name or the password is wrong' : message
}
