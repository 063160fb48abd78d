/** Markdown for the Temporal Web UI, in which every inserted value is escaped. */
export class Markdown {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/**
 * Makes Markdown from a template. Its values may be text of callers: they are escaped and put on one line, so
 * that no link, picture, heading or HTML in them is rendered. Only quotation marks may come out curved.
 */
export function markup(parts: TemplateStringsArray, ...values: (string | number | Markdown)[]): Markdown {
  const written = values.map((value) => (value instanceof Markdown ? value.text : escaped(String(value))))
  return new Markdown(parts.map((part, place) => part + (written[place] ?? '')).join(''))
}

/**
 * Shows a message as inline code, unchanged even in its quotation marks. Must not be at the beginning of a
 * line.
 */
export function code(message: string): Markdown {
  // The Web UI replaces these placeholders by its own ids, also in code.
  const line = oneLine(message).replaceAll(/\{(?=(?:namespace|workflowId|runId)\})/g, '{\u2060')
  if (line === '') return new Markdown('')
  const longest = Math.max(0, ...Array.from(line.matchAll(/`+/g), ([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return new Markdown(longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`)
}

/** Makes a list under a heading. The empty line is needed, or the Web UI takes the items for text. */
export const markdownList = (head: Markdown, items: readonly Markdown[]): Markdown =>
  new Markdown([head.text, '', ...items.map(({ text }) => `- ${text}`)].join('\n'))

/**
 * Replaces line breaks and control characters by a space, because a second line could begin any kind of
 * block.
 */
const oneLine = (text: string): string => text.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()

/**
 * Characters that have a meaning in CommonMark, in GitHub's dialect or in gomarkdown, with which the server
 * of the Web UI renders (temporalio/ui, server/server/route/ui.go). Its CommonExtensions include formulas;
 * its CommonFlags turn dots, dashes, fractions and signs into their typographic forms.
 */
const MEANINGFUL = new RegExp(
  [
    // Emphasis, code, links, pictures, HTML, references, tables, strikethrough, formulas; ids of the Web UI.
    /[\\`*_{}[\]<>|~&$]/,
    // Addresses that become links without any markup.
    /:(?=\/\/)|(?<=mailto|xmpp):|(?<=www)\.|@/,
    // Ellipses, dashes, fractions and signs.
    /\.(?= ?\.)|-(?=-)|(?<=-)-|(?<=\d)\/(?=\d)|\((?=(?:c|r|tm)\))/,
    // Headings, lists and rules at the beginning of a line.
    /^[#+-]|(?<=^\d+)[.)]/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
)

/** Characters that some renderer does not let a backslash escape: they become numeric references. */
const BY_NUMBER = '\\@/'

const escaped = (text: string): string =>
  oneLine(text).replace(MEANINGFUL, (character) =>
    BY_NUMBER.includes(character) ? `&#${character.charCodeAt(0)};` : `\\${character}`,
  )
