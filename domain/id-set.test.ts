import { expect, test } from 'vitest'
import { IdSet } from './id-set.ts'

test('has what was added, in its group and in no other, over many pages and growths', () => {
  const set = new IdSet(7)
  const ids = Array.from({ length: 60_000 }, (_, n) => `${'0'.repeat(n % 40)}${n}`)
  for (const [n, id] of ids.entries()) set.add(n % 3, id)
  expect(set.size).toBe(ids.length)
  expect(ids.filter((id, n) => !set.has(n % 3, id))).toEqual([])
  expect(ids.filter((id, n) => set.has((n + 1) % 3, id))).toEqual([])
  expect(ids.filter((id, n) => set.has(n % 3, `${id}x`))).toEqual([])
})

test('tells apart what hashes alike', () => {
  // 31 bits: of so many ids some hundreds meet.
  const set = new IdSet(7)
  const count = 1_000_000
  for (let n = 0; n < count; n += 2) set.add(0, String(n))
  let wrong = 0
  for (let n = 0; n < count; n++) if (set.has(0, String(n)) !== (n % 2 === 0)) wrong++
  expect(wrong).toBe(0)
})

test('adding again changes nothing; cleared it has nothing, and takes others', () => {
  const set = new IdSet(7)
  set.add(1, 'a')
  set.add(1, 'a')
  set.add(2 ** 32 - 1, '')
  expect([set.size, set.has(2 ** 32 - 1, '')]).toEqual([2, true])
  set.clear()
  expect([set.size, set.has(1, 'a')]).toEqual([0, false])
  set.add(1, 'b')
  expect([set.has(1, 'a'), set.has(1, 'b')]).toEqual([false, true])
})

test('never has what it cannot hold', () => {
  const set = new IdSet(7)
  const [umlaut, long, longest] = ['ü', 'x'.repeat(256), 'x'.repeat(255)]
  for (const id of [umlaut, long, longest]) set.add(0, id)
  expect([umlaut, long, longest].map((id) => set.has(0, id))).toEqual([false, false, true])
})
