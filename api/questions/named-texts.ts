const NAMED = 5

/** Some texts as a message names them: the first few, and how many others there are. */
export function namedTexts(texts: readonly string[]): string {
  const more = texts.length > NAMED ? ` and ${texts.length - NAMED} others` : ''
  return `${texts.slice(0, NAMED).map(quoted).join(', ')}${more}`
}

/** A text that a client sent as a message names it. */
export const quoted = (text: string): string => JSON.stringify(text.slice(0, 60))
