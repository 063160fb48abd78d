import { expect, test } from 'vitest'
import { ByteArena } from '../../domain/columns/byte-arena.ts'
import { RecordArray } from '../../domain/columns/record-array.ts'
import { RecordColumns } from '../../domain/columns/record-columns.ts'
import { encodeRecordBatch } from './encode-record-batch.ts'
import { decodeRecordBatch, splitRecordBatches } from './record-batch.ts'
import { EncodedRecords } from './encoded-records.ts'
import { RecordList } from './record-list.ts'

const state = { producerId: 1n, producerEpoch: 0, firstSequence: 0 }

/** A batch of `count` records, the first at `offset`. The value of each is its offset. */
function batchOf(offset: number, count: number): EncodedRecords {
  const values = Array.from({ length: count }, (_, i) => String(offset + i))
  const bytes = encodeRecordBatch(
    values.map((value) => ({ key: null, value, headers: [] })),
    state,
    1_000,
  )
  bytes.writeBigInt64BE(BigInt(offset), 0)
  const [batch] = splitRecordBatches(bytes)
  return decodeRecordBatch(batch ?? expect.fail('no batch'))
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
    expect(named(list.take({ maxRecords: count, maxBytes: Infinity }))).toEqual(
      all.slice(taken, taken + count),
    )
  expect([named(list), list.length, list.lastOffset()]).toEqual([[], 0, null])
})

test('columns get the records from any place on, and those of a step at most', () => {
  const list = new RecordList()
  list.append(batchOf(10, 4), 1, 3)
  list.append(batchOf(20, 3))
  list.append(batchOf(40, 5), 2)
  const all = list.slice().map(({ offset, value }) => `${offset} ${String(value)}`)
  for (let capacity = 1; capacity <= all.length + 1; capacity++)
    for (let start = 0; start <= all.length; start++) {
      const columns = new RecordColumns(new ByteArena(16), capacity)
      const next = list.appendTo(columns, start)
      expect(next).toBe(Math.min(all.length, start + capacity))
      const read = Array.from({ length: columns.count }, (_, at) => {
        const value = columns.arena.bytes.subarray(columns.starts[at], columns.ends[at])
        expect(columns.record(at).offset).toBe(BigInt(columns.offsets[at] ?? -1))
        expect(columns.timestamps[at]).toBe(columns.record(at).timestamp)
        return `${columns.offsets[at]} ${Buffer.from(value).toString()}`
      })
      expect(read).toEqual(all.slice(start, next))
    }
})

test('a record that is larger than a step is in it without its value, and the ones after it with theirs', () => {
  const large = 'x'.repeat(300_000)
  const bytes = encodeRecordBatch(
    ['a', large, 'b'].map((value) => ({ key: null, value, headers: [] })),
    state,
    1_000,
  )
  const [batch] = splitRecordBatches(bytes)
  const list = new RecordList()
  list.append(decodeRecordBatch(batch ?? expect.fail('no batch')))
  const values: string[] = []
  for (let next = 0; next < list.length;) {
    const columns = new RecordColumns(new ByteArena(16), 10)
    next = list.appendTo(columns, next)
    for (let at = 0; at < columns.count; at++) {
      const value = columns.arena.bytes.subarray(columns.starts[at], columns.ends[at])
      values.push(Buffer.from(value).toString())
      expect(columns.arena.length).toBeLessThan(1_000)
    }
  }
  expect(values).toEqual(['a', '', 'b'])
})

test('columns know the trace of each record, be it encoded or an object, and whether or not its value fits', () => {
  const traceparent = (n: number) => `00-${String(n).padStart(32, 'a')}-b7ad6b7169203331-01`
  const headersOf = [
    [],
    [['traceparent', traceparent(1)]],
    [['content-type', 'traceparent']],
    [
      ['content-type', null],
      ['tracestate', 'a=1'],
      ['traceparent', traceparent(3)],
    ],
    [['traceparent', 'no trace']],
    [['traceparent', traceparent(5)]],
  ] as const
  const values = ['a', 'b', 'c', 'd', 'e', 'x'.repeat(300_000)]
  const bytes = encodeRecordBatch(
    headersOf.map((headers, n) => ({ key: 'k', value: values[n] ?? null, headers })),
    state,
    1_000,
  )
  const [batch] = splitRecordBatches(bytes)
  const list = new RecordList()
  list.append(decodeRecordBatch(batch ?? expect.fail('no batch')))
  for (const records of [list, new RecordArray(list.slice())]) {
    const traced: [number, string[]][] = []
    for (let next = 0; next < records.length;) {
      const columns = new RecordColumns(new ByteArena(16), 10)
      next = records.appendTo(columns, next)
      for (const [offset, { traceparent: parent, tracestates }] of columns.traceContexts)
        traced.push([offset, [parent, ...tracestates].map((text) => Buffer.from(text).toString())])
      columns.clear()
      expect(columns.traceContexts.size).toBe(0)
    }
    expect(traced).toEqual([
      [1, [traceparent(1)]],
      [3, [traceparent(3), 'a=1']],
      [5, [traceparent(5)]],
    ])
  }
})

test('the first record from an offset on is found, behind all of them the end', () => {
  const records = batchOf(10, 4)
  expect([0n, 10n, 11n, 13n, 14n, 99n].map((offset) => records.firstFrom(offset))).toEqual([0, 0, 1, 3, 4, 4])
})

test('more records than there are bytes are refused before memory is taken for them', () => {
  const base = { offset: 0, timestamp: 0n, appendTime: null }
  expect(() => new EncodedRecords(Buffer.alloc(10), 2 ** 31 - 1, base)).toThrow(RangeError)
  expect(() => new EncodedRecords(Buffer.alloc(10), -1, base)).toThrow(RangeError)
})

/**
 * The timestamp of a record in a batch with this base timestamp and this delta, as a producer may set them.
 */
function timestampOf(base: bigint, delta: bigint): number | bigint {
  const zigzag = BigInt.asUintN(64, (delta << 1n) ^ (delta >> 63n))
  const bytes: number[] = []
  for (let rest = zigzag; ; rest >>= 7n) {
    bytes.push(Number(rest & 0x7fn) | (rest >= 0x80n ? 0x80 : 0))
    if (rest < 0x80n) break
  }
  // attributes, timestamp delta, offset delta, no key, no value, no headers
  const body = [0, ...bytes, 0, 1, 1, 0]
  const records = new EncodedRecords(Buffer.from([body.length * 2, ...body]), 1, {
    offset: 0,
    timestamp: base,
    appendTime: null,
  })
  return records.record(0).timestamp
}

test('a record timestamp is exact whatever 64-bit integer a producer chose', () => {
  expect(timestampOf(1_795_945_574_123n, 5n)).toBe(1_795_945_574_128)
  expect(timestampOf(-1n, 0n)).toBe(-1)
  expect(timestampOf(1_795_945_574_123_456_789n, 1n)).toBe(1_795_945_574_123_456_790n)
  expect(timestampOf(-(2n ** 63n), 0n)).toBe(-(2n ** 63n))
  expect(timestampOf(2n ** 63n - 1n, 0n)).toBe(2n ** 63n - 1n)
  // The deltas of a batch count from its first record, and a difference may exceed 64 bits.
  expect(timestampOf(2n ** 63n - 1n, -(2n ** 63n) + 1n)).toBe(0)
  expect(timestampOf(-(2n ** 63n), 2n ** 63n - 1n)).toBe(-1)
  expect(timestampOf(0n, 2n ** 62n)).toBe(2n ** 62n)
})

test('a list takes what has room in its bytes, one record at least', () => {
  const records = batchOf(10, 4)
  const each = records.bytes(0, 1)
  const filled = (maxBytes: number, before = 0) => {
    const list = new RecordList()
    if (before > 0) list.append(records, 0, before)
    list.fill(records, before, 4, { maxRecords: 1_000, maxBytes })
    return [list.length, list.bytes]
  }
  expect(filled(2 * each + 1)).toEqual([2, 2 * each])
  expect(filled(1)).toEqual([1, each])
  expect(filled(each + 1, 1)).toEqual([1, each])
  expect(filled(1e9)).toEqual([4, 4 * each])
})
