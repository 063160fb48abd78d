/** An attribute of a DN with its value, as text or as the hex of its encoding. */
const ATTRIBUTE =
  /^\s*([a-z][a-z0-9-]*|\d+(?:\.\d+)*)\s*=\s*((?:\\[0-9a-f]{2}|\\.|"(?:\\.|[^"\\])*"|[^,;+"\\])*)([,;+]|$)/is

/**
 * A DN in a form in which equal ones are equal texts: upper and lower case, insignificant spaces, escapes and the order
 * within an RDN do not count. Null: the text is no DN. https://datatracker.ietf.org/doc/html/rfc4514#section-3
 */
export function comparableDn(text: string): string | null {
  const rdns: string[][] = [[]]
  let rest = text
  while (rest !== '') {
    const [whole = '', type, value, separator] = ATTRIBUTE.exec(rest) ?? []
    if (type === undefined || value === undefined) return null
    rdns.at(-1)?.push(`${type.toLowerCase()}=${comparableValue(value)}`)
    rest = rest.slice(whole.length)
    if (separator === '') break
    if (rest === '') return null
    if (separator !== '+') rdns.push([])
  }
  const isWhole = rdns.every((attributes) => attributes.length > 0)
  return isWhole ? rdns.map((attributes) => attributes.toSorted().join('+')).join(',') : null
}

/** Escaped anew, so that no value looks like another one or like the next attribute. */
function comparableValue(written: string): string {
  const quoted = /^"(.*)"\s*$/s.exec(written.trim())
  const value = unescaped(quoted?.[1] ?? withoutTrailingSpaces(written))
  return value
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[,+=\\;"]/g, (special) => `\\${special}`)
}

/** An escaped space at the end is part of the value. */
const withoutTrailingSpaces = (text: string) => text.replace(/(?<!\\)\s+$/, '')

function unescaped(text: string): string {
  const bytes: Buffer[] = []
  for (const [whole, hex, escaped] of text.matchAll(/\\([0-9a-f]{2})|\\(.)|[^\\]+/gis))
    bytes.push(hex === undefined ? Buffer.from(escaped ?? whole) : Buffer.from(hex, 'hex'))
  return Buffer.concat(bytes).toString('utf8')
}
