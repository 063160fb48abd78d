import { fromMarkdown } from 'mdast-util-from-markdown'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { describe, expect, test } from 'vitest'
import { hostileTexts, randomTexts } from '../../test/support/api/hostile-text.ts'
import { code, markdownList, markup } from './markdown.ts'

/**
 * As the Web UI parses it: https://github.com/temporalio/ui/blob/main/src/lib/utilities/render-markdown.ts
 */
const parsed = (text: string) =>
  fromMarkdown(text).children.map((block) =>
    block.type === 'paragraph' && block.children.every(({ type }) => type === 'text')
      ? block.children.map((inline) => ('value' in inline ? inline.value : '')).join('')
      : JSON.stringify(block),
  )

/** As GitHub's dialect renders it. */
const rendered = (text: string) => micromark(text, { extensions: [gfm()], htmlExtensions: [gfmHtml()] })

const asHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const oneLine = (text: string) => text.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()

function expectPlain(text: string): void {
  const line = oneLine(text)
  const written = markup`${text}`.text
  expect(parsed(written), written).toEqual(line === '' ? [] : [line])
  expect(rendered(written), written).toBe(line === '' ? '' : `<p>${asHtml(line)}</p>`)
  // In the middle of markup, and in a list.
  expect(parsed(markup`at ${text}.`.text)).toEqual([`at ${line}.`.replace(/ +/g, ' ')])
  const list = rendered(markdownList(markup`head`, [markup`${text}`, markup`next`]).text)
  expect(list).toBe(`<p>head</p>\n<ul>\n<li>${asHtml(line)}</li>\n<li>next</li>\n</ul>`)
}

describe('text of a caller in a page of the Web UI', () => {
  test.each(hostileTexts)('shows as it is: %j', expectPlain)

  test('shows as it is, whatever is put together of what means something', () => {
    for (const text of randomTexts(3_000)) expectPlain(text)
  })

  test('leaves plain words readable where Markdown is not rendered', () => {
    const text = 'offsets 5 to 9 of user-login/0 are gone from Kafka (retention), 3.5 hours ago; see Ann.'
    expect(markup`${text}`.text).toBe(text)
  })

  test.each([...hostileTexts, ...randomTexts(500)])('is code to the letter: %j', (text) => {
    const line = oneLine(text)
    const html = rendered(markup`at ${code(text)}.`.text).replaceAll('\u2060', '')
    expect(html).toBe(line === '' ? '<p>at .</p>' : `<p>at <code>${asHtml(line)}</code>.</p>`)
  })
})
