/** Text that the Temporal Web UI renders: what was put into it shows as it is, and is no markup. */
export class Markdown {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/**
 * Markup with values in it. Values are text of whoever sent it, and come out as that text, in one line: no link, picture,
 * heading or HTML of theirs is rendered. Only quotation marks may come out curved.
 */
export function markup(parts: TemplateStringsArray, ...values: (string | number | Markdown)[]): Markdown {
  const written = values.map((value) => (value instanceof Markdown ? value.text : escaped(String(value))))
  return new Markdown(parts.map((part, place) => part + (written[place] ?? '')).join(''))
}

/** A message of a part, to the letter, quotation marks too; not at the beginning of a line. */
export function code(message: string): Markdown {
  // The Web UI puts ids of its own in their place, in code, too.
  const line = oneLine(message).replaceAll(/\{(?=(?:namespace|workflowId|runId)\})/g, '{\u2060')
  if (line === '') return new Markdown('')
  const longest = Math.max(0, ...Array.from(line.matchAll(/`+/g), ([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return new Markdown(longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`)
}

/** Behind an empty line, without which the Web UI takes them for text. */
export const markdownList = (head: Markdown, items: readonly Markdown[]): Markdown =>
  new Markdown([head.text, '', ...items.map(({ text }) => `- ${text}`)].join('\n'))

/** Line breaks of any kind, and what else has no width: a second line could begin anything. */
const oneLine = (text: string): string => text.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()

/**
 * What means something to CommonMark, to GitHub's dialect, or to gomarkdown, which the Web UI of Temporal's server renders with
 * (temporalio/ui, server/server/route/ui.go): its CommonExtensions have formulas, its CommonFlags set dots, dashes, fractions and
 * signs as a typesetter would.
 */
const MEANINGFUL = new RegExp(
  [
    // Emphasis, code, links, pictures, HTML, references, tables, strikethrough, formulas; ids of the Web UI.
    /[\\`*_{}[\]<>|~&$]/,
    // Addresses that become links without any markup.
    /:(?=\/\/)|(?<=mailto|xmpp):|(?<=www)\.|@/,
    // Ellipses, dashes, fractions, signs.
    /\.(?= ?\.)|-(?=-)|(?<=-)-|(?<=\d)\/(?=\d)|\((?=(?:c|r|tm)\))/,
    // Headings, lists and rules, where the text begins a line.
    /^[#+-]|(?<=^\d+)[.)]/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
)

/** Which not every renderer lets escape by a backslash. */
const BY_NUMBER = '\\@/'

const escaped = (text: string): string =>
  oneLine(text).replace(MEANINGFUL, (character) =>
    BY_NUMBER.includes(character) ? `&#${character.charCodeAt(0)};` : `\\${character}`,
  )
