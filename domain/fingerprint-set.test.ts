import { expect, test } from 'vitest'
import { FingerprintSet } from './fingerprint-set.ts'

const KEY = Int32Array.of(1, 2, 3, 4)

test('has what was added, in its group and in no other', () => {
  const set = new FingerprintSet(KEY, 2 ** 20)
  const ids = Array.from({ length: 60_000 }, (_, n) => `${'ü'.repeat(n % 40)}${n}`)
  const groups = ['a', 'b', 'c'].map((name) => set.groupKey(name))
  const groupOf = (n: number) => groups[n % groups.length] ?? KEY
  for (const [n, id] of ids.entries()) set.add(groupOf(n), id)
  expect(ids.filter((id, n) => !set.has(groupOf(n), id))).toEqual([])
  expect(ids.filter((id, n) => set.has(groupOf(n + 1), id))).toEqual([])
  expect(ids.filter((id, n) => set.has(groupOf(n), `${id}x`))).toEqual([])
})

test('beyond its capacity it forgets, and never has what was not added', () => {
  const capacity = 2 ** 12
  const set = new FingerprintSet(KEY, capacity)
  for (let n = 0; n < 100_000; n += 2) set.add(KEY, String(n))
  let had = 0
  let wrong = 0
  for (let n = 0; n < 100_000; n++) {
    if (!set.has(KEY, String(n))) continue
    if (n % 2 === 0) had++
    else wrong++
  }
  expect([had, wrong]).toEqual([capacity, 0])
  expect(set.has(KEY, '99998')).toBe(true)
})

test('what is added again takes no second place', () => {
  const set = new FingerprintSet(KEY, 8)
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  for (const id of [...ids, 'a', 'b', 'c']) set.add(KEY, id)
  expect(ids.filter((id) => !set.has(KEY, id))).toEqual([])
})

test('what makes room is the oldest of those that share its places', () => {
  const set = new FingerprintSet(KEY, 8)
  const ids = Array.from({ length: 24 }, (_, n) => String(n))
  for (const id of ids) set.add(KEY, id)
  expect(ids.filter((id) => set.has(KEY, id))).toEqual(ids.slice(-8))
})

test('before anything was added it has nothing', () => {
  expect(new FingerprintSet(KEY, 8).has(KEY, '')).toBe(false)
})
