import { gzipSync } from 'node:zlib'
import { crc32c } from '@node-rs/crc32'
import { expect, it } from 'vitest'
import { UndecodableFailure } from '../../domain/pipeline/failure.ts'
import { encodeRecordBatch } from '../records/encode-record-batch.ts'
import { RECORDS_AT } from '../records/record-batch.ts'
import { RecordList } from '../records/record-list.ts'
import { emptyBuffer, fillBuffer, FULL, fullness, takeRange, type FetchBuffer } from './take-range.ts'

const limits = { maxBytes: 1_000_000, maxRecords: 1_000 }
const state = { producerId: 1n, producerEpoch: 0, firstSequence: 0 }

/** Batches of two records each at offsets 10, 12 and 14. */
const threeBatches = (): Buffer[] =>
  [10n, 12n, 14n].map((baseOffset) => {
    const batch = encodeRecordBatch(
      ['a', 'b'].map((value) => ({ key: null, value, headers: [] })),
      state,
      1_000,
    )
    batch.writeBigInt64BE(baseOffset, 0)
    return batch
  })

/** The three batches as they were fetched; `damage` changes the middle one's bytes. */
function fetched(damage: (batch: Buffer) => void): FetchBuffer {
  const batches = threeBatches()
  damage(batches[1] ?? Buffer.alloc(0))
  return bufferOf(10n, Buffer.concat(batches), { highWatermark: 16n, lastStableOffset: 16n })
}

type Ends = { highWatermark: bigint; lastStableOffset: bigint }

/** What a fetch from `next` brought. */
function bufferOf(next: bigint, recordSet: Buffer, ends: Ends): FetchBuffer {
  const buffer = emptyBuffer(next)
  fillBuffer(buffer, { ...ends, logStartOffset: 0n, abortedTransactions: [], recordSet })
  return buffer
}

const LAST_OFFSET_DELTA_AT = 23

it.each([
  ['a record', (batch: Buffer) => batch.writeUInt8(0xff, RECORDS_AT + 3)],
  // The header's last offset is damaged as well.
  ['the last offset of its header', (batch: Buffer) => batch.writeInt32BE(900, LAST_OFFSET_DELTA_AT)],
])('damage to %s takes no more than that record batch: what is before and after it is read', (_, damage) => {
  const buffer = fetched(damage)
  expect(takeRange(buffer, 10n, undefined, limits)).toMatchObject({ from: 10n, to: 12n })
  const failure = (() => {
    try {
      return takeRange(buffer, 12n, undefined, limits)
    } catch (error) {
      return error
    }
  })()
  expect(failure).toBeInstanceOf(UndecodableFailure)
  expect(failure).toMatchObject({ from: 12n, to: 14n, failureClass: 'permanent' })
  const after = takeRange(buffer, 14n, undefined, limits)
  expect(after).toMatchObject({ from: 14n, to: 16n })
  expect(after.records.slice(0).map(({ offset }) => offset)).toEqual([14n, 15n])
})

it('a damaged batch is passed over from where reading stands, not from its beginning', () => {
  const buffer = fetched((batch) => batch.writeUInt8(0xff, RECORDS_AT + 3))
  buffer.batches.shift()
  expect(() => takeRange(buffer, 13n, undefined, limits)).toThrow(UndecodableFailure)
  expect(buffer.next).toBe(14n)
})

it('a range is as full as whichever limit it comes nearer to, never empty while something is at hand, never more than full', () => {
  const buffer = fetched(() => undefined)
  const bytes = buffer.batches.reduce((sum, batch) => sum + ('gap' in batch ? 0 : batch.bytes.length), 0)
  expect(fullness(buffer, { maxBytes: 1e9, maxRecords: 12 })).toBe(FULL / 2)
  expect(fullness(buffer, { maxBytes: bytes * 4, maxRecords: 1e9 })).toBe(FULL / 4)
  expect(fullness(buffer, { maxBytes: 1e9, maxRecords: 1e9 })).toBe(1)
  expect(fullness(buffer, { maxBytes: 1e9, maxRecords: 1 })).toBe(FULL)
  takeRange(buffer, 10n, undefined, { maxBytes: 1e9, maxRecords: 5 })
  expect(fullness(buffer, { maxBytes: 1e9, maxRecords: 10 })).toBe(FULL / 10)
  expect(fullness({ ...buffer, batches: [], records: new RecordList() }, limits)).toBe(0)
})

it('records that arrived while the broker answered are taken, although they lie behind the end that it names', () => {
  const [batch = expect.fail('no batch')] = threeBatches()
  const buffer = bufferOf(10n, batch, { highWatermark: 10n, lastStableOffset: 12n })
  expect(fullness(buffer, limits)).toBeGreaterThan(0)
  expect(takeRange(buffer, 10n, undefined, limits)).toMatchObject({ from: 10n, to: 12n, endOffset: 12n })
})

it('a range holds no more bytes than it may, however little its compressed batches take', () => {
  const values = Array.from({ length: 40 }, () => Buffer.alloc(100_000))
  const batch = encodeRecordBatch(
    values.map((value) => ({ key: null, value, headers: [] })),
    state,
    1_000,
  )
  const compressed = compress(batch)
  const buffer = bufferOf(0n, compressed, { highWatermark: 40n, lastStableOffset: 40n })
  const sizes: number[] = []
  for (let from = 0n; from < 40n;) {
    const range = takeRange(buffer, from, undefined, { maxBytes: 550_000, maxRecords: 1_000 })
    sizes.push(range.records.length)
    from = range.to
  }
  expect(compressed.length).toBeLessThan(50_000)
  expect(sizes).toEqual(Array.from({ length: 8 }, () => 5))
})

/** Compresses the records of a batch with gzip. */
function compress(batch: Buffer): Buffer {
  const bytes = Buffer.concat([batch.subarray(0, RECORDS_AT), gzipSync(batch.subarray(RECORDS_AT))])
  bytes.writeInt32BE(bytes.length - 12, 8)
  bytes.writeInt16BE(1, 21)
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17)
  return bytes
}
