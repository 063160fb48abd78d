/** No name is longer: a UPN has 1,024 characters at most, and people have far shorter ones. */
const MAX_NAME_CHARACTERS = 256
/** Longer than any that people have; hashing one takes time. */
const MAX_PASSWORD_CHARACTERS = 1_024

/** Control characters, line ends and marks of text direction, which no name has. */
const ODD = /[\p{Cc}\p{Cf}\u2028\u2029]/u

/**
 * Whether a name and a password may be sent to a directory. Names that differ in spaces alone are one to a directory,
 * and several to whoever counts attempts: they are refused. An empty password would be taken by a directory that knows
 * unauthenticated binds (https://datatracker.ietf.org/doc/html/rfc4513#section-5.1.2).
 */
export const isAskable = (user: string, password: string): boolean =>
  user !== '' &&
  user.length <= MAX_NAME_CHARACTERS &&
  user.isWellFormed() &&
  !ODD.test(user) &&
  !/^\s|\s$|\s\s/.test(user) &&
  password !== '' &&
  password.length <= MAX_PASSWORD_CHARACTERS &&
  password.isWellFormed() &&
  !password.includes('\0')

/**
 * A text as a value in a filter: https://datatracker.ietf.org/doc/html/rfc4515#section-3. Letters of other alphabets stay as they are,
 * because ldapts takes each escaped byte for a character of its own.
 */
export const filterValue = (text: string): string =>
  text.replaceAll(/[^\w .@\u0080-\u{10ffff}-]/gu, (special) => escaped(special.charCodeAt(0)))

/** A text as a value in a DN: https://datatracker.ietf.org/doc/html/rfc4514#section-2.4 */
export const dnValue = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => {
    const character = String.fromCharCode(byte)
    return /[\w.@-]/.test(character) ? character : escaped(byte)
  }).join('')

/** Whatever is not plain is escaped, so that nothing has to be known of what is special. */
const escaped = (byte: number): string => `\\${byte.toString(16).padStart(2, '0')}`
