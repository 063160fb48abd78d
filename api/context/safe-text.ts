/**
 * Control characters, marks of text direction, and what is not seen at all; but not the joiners that some scripts are written
 * with. They could make a text of the audit look like another.
 */
const DECEPTIVE =
  /[\p{Cc}\u2028\u2029\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu

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
