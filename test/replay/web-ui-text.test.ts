import { expect, inject, test } from 'vitest'
import { code, markdownList, markup } from '../../workflows/page/markdown.ts'
import { hostileTexts, randomTexts } from '../support/api/hostile-text.ts'

// What the Web UI of Temporal's server makes of a text, asked as its pages ask.

test('text of a caller is rendered as that text and as nothing else, by the Web UI itself', async () => {
  for (const text of [...hostileTexts, ...randomTexts(1_000)].filter((one) => oneLine(one) !== '')) {
    const page = markdownList(markup`at ${text}.`, [markup`${text}`, markup`failed: ${code(text)}`])
    const html = (await rendered(page.text)).replaceAll('\u2060', '')
    const line = oneLine(text)
    expect(straight(html), JSON.stringify([text, page.text])).toBe(
      straight(`<p>at ${line}.</p> <ul> <li>${line}</li> <li>failed: <code>${line}</code></li> </ul>`),
    )
  }
})

const oneLine = (text: string) => text.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()

async function rendered(content: string): Promise<string> {
  const response = await fetch(`${inject('temporalUi')}/render?content=${encodeURIComponent(content)}`)
  const [, main = ''] = /<main>(.*)<\/main>/s.exec(await response.text()) ?? []
  return main.replaceAll(/&(?:#(\d+)|(\w+));/g, (_, number: string | undefined, name: string) =>
    number === undefined ? (characters[name] ?? `&${name};`) : String.fromCharCode(Number(number)),
  )
}

const characters: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  ldquo: '"',
  rdquo: '"',
  lsquo: "'",
  rsquo: "'",
}

/** Quotation marks may come out curved, and two single ones as a double one. */
const straight = (text: string) => text.replaceAll("''", '"').replaceAll(/\s+/g, ' ').trim()
