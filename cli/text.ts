/**
 * A server's text for a terminal: one line, without characters that move the cursor, colour what follows or turn the order of letters
 * (C0, C1, and the controls of Unicode's bidirectional algorithm).
 */
export const plain = (text: string): string =>
  text
    .replaceAll(/[\t\n\r\u2028\u2029]+/g, ' ')
    .replaceAll(/[\p{Cc}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/gu, '\ufffd')

/** JSON on one line, in which the same characters are escaped. */
export const safeJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const

/** A time in its two largest units, such as "2 h 5 min"; one shorter than a second is "0 s". */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  const first = units.findIndex(([, size]) => seconds >= size)
  if (first === -1) return '0 s'
  let rest = seconds
  const parts = units.slice(first, first + 2).map(([unit, size]) => {
    const count = Math.floor(rest / size)
    rest -= count * size
    return count === 0 ? '' : `${count} ${unit}`
  })
  return parts.filter((part) => part !== '').join(' ')
}

/** With separators of thousands; rates below ten with one digit behind the point. */
export const count = (value: number | bigint): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 })

/** Rows in aligned columns, two spaces apart and after `indent`. A column whose name begins with `>` is flush right. */
export function table(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  indent = '  ',
): string[] {
  const isRight = columns.map((column) => column.startsWith('>'))
  const head = columns.map((column) => column.replace(/^>/, ''))
  const all = [head, ...rows]
  const widths = head.map((_, index) => Math.max(...all.map((row) => (row[index] ?? '').length)))
  return all.map((row) =>
    `${indent}${row
      .map((cell, index) =>
        isRight[index] === true ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')}`.trimEnd(),
  )
}

/** Breaks a text into lines at spaces; a word that is longer than a line stays whole. */
export function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, indent + line]
}

/** How words stand out. */
export type Paint = Record<'red' | 'yellow' | 'green' | 'bold' | 'dim', (text: string) => string>

const codes = { red: 31, yellow: 33, green: 32, bold: 1, dim: 2 } as const

/** @param isColoured see https://no-color.org for who decides that */
export const paint = (isColoured: boolean): Paint =>
  Object.fromEntries(
    Object.entries(codes).map(([name, code]) => [
      name,
      (text: string) => (isColoured ? `\x1b[${code}m${text}\x1b[0m` : text),
    ]),
  ) as Paint
