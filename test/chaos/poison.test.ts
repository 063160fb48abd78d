import { expect, test } from 'vitest'
import type { Expected } from '../../generator/ground-truth.ts'
import { POISON_EVERY, Poisoner } from './poison.ts'

const REFUSED = `refused-${POISON_EVERY}`

/** As the login in so many that is poisoned. */
function poisoned(text: string, userId: string) {
  const poisoner = new Poisoner()
  const expected = { ok: true, login: { userId } } as Expected
  const record = { key: 'k', value: Buffer.from(text), expected }
  const all = Array.from({ length: POISON_EVERY }, () => poisoner.poison(record))
  return all.at(-1)
}

test.each([
  [
    'a number as it is written',
    '{"user_id":"a","app_version":2.10}',
    `{"user_id":"${REFUSED}","app_version":2.10}`,
  ],
  ['the last of several keys', '{"user_id":"b","user_id":"a"}', `{"user_id":"b","user_id":"${REFUSED}"}`],
])('changes the user and leaves %s', (_, text, expected) => {
  expect(poisoned(text, 'a')?.value?.toString()).toBe(expected)
  expect(poisoned(text, 'a')?.expected).toEqual({ ok: true, login: { userId: REFUSED } })
})

test('leaves a message alone that names its user in another way', () => {
  const record = poisoned('\ufeff{ "user_id" : "a" }', 'a')
  expect(record?.value?.toString()).toBe('\ufeff{ "user_id" : "a" }')
  expect(record?.expected).toEqual({ ok: true, login: { userId: 'a' } })
})
