/** Control characters, and what turns the direction of text: in an audit a text must look like what it is. */
const NOT_SHOWN = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** The text as it can be stored and shown: what cannot is replaced, what is too long is cut between characters. */
export const safeText = (text: string, maxCharacters: number): string =>
  Array.from(
    text
      .slice(0, 2 * maxCharacters)
      .toWellFormed()
      .replaceAll(NOT_SHOWN, '\ufffd'),
  )
    .slice(0, maxCharacters)
    .join('')

/** Whether all of a text can be stored and shown as it is. */
export const isShown = (text: string): boolean => text.isWellFormed() && text.search(NOT_SHOWN) === -1

/** Whether Postgres and Temporal keep a text as it is. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')
