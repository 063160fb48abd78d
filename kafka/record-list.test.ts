import { expect, test } from 'vitest'
import { encodeRecordBatch } from './encode-record-batch.ts'
import { decodeRecords, splitRecordBatches } from './record-batch.ts'
import { EncodedRecords, RecordList } from './record-list.ts'

const state = { producerId: 1n, producerEpoch: 0, firstSequence: 0 }

/** A batch of so many records, the first at `offset`; the value of each is its offset. */
function batchOf(offset: number, count: number): EncodedRecords {
  const values = Array.from({ length: count }, (_, i) => String(offset + i))
  const bytes = encodeRecordBatch(
    values.map((value) => ({ key: null, value, headers: [] })),
    state,
    1_000,
  )
  bytes.writeBigInt64BE(BigInt(offset), 0)
  const [batch] = splitRecordBatches(bytes)
  return decodeRecords(batch ?? expect.fail('no batch'))
}

const named = (list: RecordList, start?: number, end?: number) =>
  list.slice(start, end).map(({ offset, value }) => `${offset} ${String(value)}`)

test('a list over several batches slices and gives away as an array does', () => {
  const list = new RecordList()
  list.append(batchOf(10, 4), 1, 3)
  list.append(batchOf(20, 3))
  list.append(batchOf(30, 2), 2, 2)
  list.append(batchOf(40, 5), 2)
  const all = ['11 11', '12 12', '20 20', '21 21', '22 22', '42 42', '43 43', '44 44']
  expect([list.length, list.lastOffset()]).toEqual([all.length, 44n])
  for (let start = 0; start <= all.length; start++)
    for (let end = start; end <= all.length + 1; end++)
      expect(named(list, start, end)).toEqual(all.slice(start, end))
  for (let taken = 0, count = 0; taken < all.length; taken += count++)
    expect(named(list.take(count))).toEqual(all.slice(taken, taken + count))
  expect([named(list), list.length, list.lastOffset()]).toEqual([[], 0, null])
})

test('the first record from an offset on is found, behind all of them the end', () => {
  const records = batchOf(10, 4)
  expect([0n, 10n, 11n, 13n, 14n, 99n].map((offset) => records.firstFrom(offset))).toEqual([0, 0, 1, 3, 4, 4])
})

test('more records than there are bytes are refused before memory is taken for them', () => {
  const base = { offset: 0, timestampMs: 0, appendTimeMs: null }
  expect(() => new EncodedRecords(Buffer.alloc(10), 2 ** 31 - 1, base)).toThrow(RangeError)
  expect(() => new EncodedRecords(Buffer.alloc(10), -1, base)).toThrow(RangeError)
})
