import { expect, it } from 'vitest'
import { RecordArray } from '../../domain/columns/record-array.ts'
import type { FetchedRange } from '../../kafka/read/take-range.ts'
import { splitRange } from './split-range.ts'

const range = (from: bigint, to: bigint, offsets: bigint[]): FetchedRange => ({
  from,
  to,
  records: new RecordArray(
    offsets.map((offset) => ({ offset, timestamp: 0, key: null, value: null, headers: [] })),
  ),
  endOffset: 100n,
})
const shape = ({ from, to, records }: FetchedRange) => [
  from,
  to,
  records.slice(0).map(({ offset }) => offset),
]

it('halves a range at a record, gaps staying before it', () => {
  expect(splitRange(range(10n, 20n, [11n, 12n, 17n, 18n])).map(shape)).toEqual([
    [10n, 17n, [11n, 12n]],
    [17n, 20n, [17n, 18n]],
  ])
})

it('cuts a record out of the gaps around it', () => {
  expect(splitRange(range(10n, 20n, [15n])).map(shape)).toEqual([
    [10n, 15n, []],
    [15n, 16n, [15n]],
    [16n, 20n, []],
  ])
  expect(splitRange(range(15n, 20n, [15n])).map(shape)).toEqual([
    [15n, 16n, [15n]],
    [16n, 20n, []],
  ])
})

it('ends at one record: what fails is made as small as that and no smaller', () => {
  expect(splitRange(range(15n, 16n, [15n]))).toEqual([])
  expect(splitRange(range(10n, 20n, []))).toEqual([])
  const ends: bigint[] = []
  const visit = (one: FetchedRange) => {
    const parts = splitRange(one)
    if (parts.length === 0) ends.push(...one.records.slice(0).map(({ offset }) => offset))
    else parts.forEach(visit)
  }
  visit(range(0n, 50n, [3n, 4n, 9n, 20n, 21n, 49n]))
  expect(ends).toEqual([3n, 4n, 9n, 20n, 21n, 49n])
})
