import { expect, test } from 'vitest'
import { FingerprintSet } from './fingerprint-set.ts'
import { HashedText } from './hashed-text.ts'

const KEY = Int32Array.of(1, 2)
const OTHER_KEY = Int32Array.of(1, 3)

const text = new HashedText()
function hashOf(id: string | number, key = KEY): Int32Array {
  text.take(key, String(id))
  return text.hash
}

test('has what was added, under its key and under no other', () => {
  const set = new FingerprintSet(2 ** 20)
  const ids = Array.from({ length: 60_000 }, (_, n) => `${'ü'.repeat(n % 40)}${n}`)
  for (const id of ids) set.add(hashOf(id))
  expect(ids.filter((id) => !set.has(hashOf(id)))).toEqual([])
  expect(ids.filter((id) => set.has(hashOf(id, OTHER_KEY)))).toEqual([])
  expect(ids.filter((id) => set.has(hashOf(`${id}x`)))).toEqual([])
})

test('takes hashes that lie behind each other', () => {
  const set = new FingerprintSet(8)
  const hashes = Int32Array.from(['a', 'b'].flatMap((id) => [...hashOf(id)]))
  set.add(hashes, 3)
  expect([set.has(hashOf('a')), set.has(hashOf('b'))]).toEqual([false, true])
  expect([set.has(hashes, 0), set.has(hashes, 3)]).toEqual([false, true])
})

test('beyond its capacity it forgets, and never has what was not added', () => {
  const capacity = 2 ** 12
  const set = new FingerprintSet(capacity)
  for (let n = 0; n < 100_000; n += 2) set.add(hashOf(n))
  let had = 0
  let wrong = 0
  for (let n = 0; n < 100_000; n++) {
    if (!set.has(hashOf(n))) continue
    if (n % 2 === 0) had++
    else wrong++
  }
  expect([had, wrong]).toEqual([capacity, 0])
  expect(set.has(hashOf(99998))).toBe(true)
})

test('what is added again takes no second place', () => {
  const set = new FingerprintSet(8)
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  for (const id of [...ids, 'a', 'b', 'c']) set.add(hashOf(id))
  expect(ids.filter((id) => !set.has(hashOf(id)))).toEqual([])
})

test('what makes room is the oldest of those that share its places', () => {
  const set = new FingerprintSet(8)
  const ids = Array.from({ length: 24 }, (_, n) => String(n))
  for (const id of ids) set.add(hashOf(id))
  expect(ids.filter((id) => set.has(hashOf(id)))).toEqual(ids.slice(-8))
})

test('before anything was added it has nothing', () => {
  expect(new FingerprintSet(8).has(hashOf(''))).toBe(false)
})
