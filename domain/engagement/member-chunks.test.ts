import { expect, it } from 'vitest'
import { randomOf } from '../time/calendar-fixture.ts'
import { CHUNK_BITS } from './bitmap.ts'
import { MemberChunks } from './member-chunks.ts'
import { MemberSet } from './member-set.ts'

const random = randomOf(9)
const next = (below: number) => Math.floor(random() * below)
const LIMIT = 5 * CHUNK_BITS

const someNumbers = () => new Set(Array.from({ length: next(300) }, () => next(LIMIT)))

function chunksOf(numbers: ReadonlySet<number>): MemberChunks {
  const chunks = new MemberChunks()
  for (const number of numbers) {
    const at = number % CHUNK_BITS
    const bits = new Uint8Array(CHUNK_BITS / 8)
    bits[at >> 3] = 128 >> (at & 7)
    chunks.addBits(Math.floor(number / CHUNK_BITS), bits)
  }
  return chunks
}

function setOf(numbers: ReadonlySet<number>): MemberSet {
  const set = new MemberSet()
  for (const number of numbers) set.add(number)
  return set
}

const common = (one: Set<number>, other: Set<number>) =>
  new Set([...one].filter((number) => other.has(number)))
const union = (one: Set<number>, other: Set<number>) => new Set([...one, ...other])

it('sets of chunks are added, removed, cut and counted as sets are', () => {
  for (let round = 0; round < 100; round++) {
    const [one, other, active] = [someNumbers(), someNumbers(), someNumbers()]
    for (const number of one) if (next(3) === 0) [other, active][next(2)]?.add(number)
    const chunks = chunksOf(one)
    expect(chunks.size).toBe(one.size)
    expect(chunks.sharedWith(setOf(active))).toBe(common(one, active).size)
    const within = chunks.within(setOf(active))
    expect(within.size).toBe(common(one, active).size)
    chunks.addAll(chunksOf(other))
    expect(chunks.size).toBe(union(one, other).size)
    chunks.removeAll(within)
    const left = [...union(one, other)].filter((number) => !common(one, active).has(number))
    expect(chunks.size).toBe(left.length)
    expect(chunks.chunks.toSorted()).toEqual(
      [...new Set([...one, ...other].map((n) => Math.floor(n / CHUNK_BITS)))].sort(),
    )
  }
})
