/** Control characters and marks of text direction. They could make a text of the audit look like another. */
const DECEPTIVE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/**
 * A text that can be stored and shown: deceptive characters are replaced, and a long text is cut between two
 * characters.
 */
export const safeText = (text: string, maxCharacters: number): string =>
  Array.from(
    text
      .slice(0, 2 * maxCharacters)
      .toWellFormed()
      .replaceAll(DECEPTIVE, '\ufffd'),
  )
    .slice(0, maxCharacters)
    .join('')

/** Whether a text can be stored and shown unchanged. */
export const isDisplayable = (text: string): boolean => text.isWellFormed() && text.search(DECEPTIVE) === -1

/** Whether Postgres and Temporal store a text unchanged. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')
