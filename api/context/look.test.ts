import { expect, it } from 'vitest'
import { Look, MOST_NAMED } from './look.ts'
import { createPseudonym } from './masks.ts'

const pseudonym = createPseudonym('a key of tests')

function looked(note: (look: Look) => void) {
  const look = new Look()
  note(look)
  return look.seen(pseudonym)
}

it('sums up which fields showed whom, each once, users first, under the pseudonyms of masked answers', () => {
  const seen = looked((look) => {
    for (const user of ['ann', 'bob', 'ann']) {
      look.field('Attempt.ip')
      look.subject('address', '192.0.2.1')
      look.field('Attempt.userId')
      look.subject('user', user)
    }
  })
  expect(seen).toMatchObject({
    fields: { 'Attempt.ip': 3, 'Attempt.userId': 3 },
    counts: { user: 2, address: 1 },
    whom: [pseudonym('user', 'ann'), pseudonym('user', 'bob'), pseudonym('address', '192.0.2.1')],
    more: 0,
  })
  expect(JSON.stringify(seen)).not.toMatch(/ann|bob|192/)
})

it('names a page of them, counts the others, and tells looks apart by those that it does not name', () => {
  const many = (last: string) =>
    looked((look) => {
      look.field('Attempt.userId')
      for (let i = 0; i < MOST_NAMED; i++) look.subject('user', `u${i}`)
      look.subject('device', last)
    })
  expect(many('d')).toMatchObject({ counts: { user: MOST_NAMED, device: 1 }, more: 1 })
  expect(many('d')?.whom).toHaveLength(MOST_NAMED)
  expect(many('d')?.digest).toBe(many('d')?.digest)
  expect(many('d')?.digest).not.toBe(many('e')?.digest)
})

it('is nothing where nothing was noted, and the same each time it is asked for', () => {
  expect(looked(() => undefined)).toBeNull()
  const look = new Look()
  look.field('Reject.detail')
  expect(look.seen(pseudonym)).toBe(look.seen(pseudonym))
  expect(look.seen(pseudonym)).toMatchObject({ counts: {}, whom: [], more: 0 })
})
