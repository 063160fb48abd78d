import { expect, it } from 'vitest'
import { isDisplayable, safeText } from './safe-text.ts'

it.each([
  ['a control character', 'a\u0000b'],
  ['a mark of direction', 'a\u202eb'],
  ['the Arabic one', 'a\u061cb'],
  ['a space without width', 'a\u200bb'],
  ['a byte order mark', 'a\ufeffb'],
  ['a soft hyphen', 'a\u00adb'],
  ['a joiner of words', 'a\u2060b'],
  ['a filler of Hangul', 'a\u3164b'],
  ['a tag', 'a\u{e0041}b'],
])('%s, which makes a text look like another, is shown', (_, text) => {
  expect(isDisplayable(text)).toBe(false)
  expect(safeText(text, 10)).toBe('a\ufffdb')
})

it('every script is displayable, and so are emoji', () => {
  for (const text of ['Müller', '你好', 'می\u200cخواهم', 'क्\u200dष', '👩\u200d💻', '한국어'])
    expect([isDisplayable(text), safeText(text, 20)]).toEqual([true, text])
})
