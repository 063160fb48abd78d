import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { encodeRecordBatch, RecordBatchEncoder } from './encode-record-batch.ts'
import { decodeRecordBatch, splitRecordBatches, type RecordBatchView } from './record-batch.ts'
import { RecordList } from './record-list.ts'

const state = { producerId: 7n, producerEpoch: 3, firstSequence: 40 }
const record = (value: string | null) => ({
  key: Buffer.from('key'),
  value: value === null ? null : Buffer.from(value),
  headers: [['schema', Buffer.from('1')] as const, ['nothing', null] as const],
})

function recordsOf(batch: RecordBatchView) {
  const list = new RecordList()
  list.append(decodeRecordBatch(batch))
  return list.slice()
}

test('what is encoded decodes to the same keys, values and headers, also for 200,000 records', () => {
  const values = Array.from({ length: 200_000 }, (_, i) => `value ${i}`)
  const [batch] = splitRecordBatches(encodeRecordBatch(values.map(record), state, 1_700_000_000_123))
  const decoded = recordsOf(batch ?? expect.fail('no batch'))
  expect(decoded.length).toBe(values.length)
  expect(decoded.every((r, i) => Buffer.from(r.value ?? []).toString() === values[i])).toBe(true)
  expect(decoded.at(-1)).toMatchObject({ offset: 199_999n, timestamp: 1_700_000_000_123 })
  expect(decoded[0]?.headers).toEqual([
    ['schema', Buffer.from('1')],
    ['nothing', null],
  ])
  // It takes two seconds on an idle machine.
}, 30_000)

test('text is written as its UTF-8 bytes, whatever its length and script', () => {
  const texts = [
    '',
    'a',
    'plain',
    'x'.repeat(47),
    'x'.repeat(5000),
    'é',
    'ü'.repeat(60),
    'a\u{1F600}',
    '\0\n"\\',
  ]
  const records = (field: (text: string) => Buffer | string) =>
    texts.map((text) => ({ key: field(text), value: field(text), headers: [[text, field(text)] as const] }))
  const ofText = encodeRecordBatch(
    records((text) => text),
    state,
    1_000,
  )
  const ofBytes = encodeRecordBatch(
    records((text) => Buffer.from(text)),
    state,
    1_000,
  )
  expect(ofText.equals(ofBytes)).toBe(true)
  const [batch] = splitRecordBatches(ofText)
  const values = recordsOf(batch ?? expect.fail('no batch')).map(({ value }) => String(value))
  expect(values).toEqual(texts)
})

test('records of any size follow each other: smaller than a page, as large, and many times larger', () => {
  const values = [1, 65_536, 10, 65_520, 500_000, 1, 300, 65_430].map((size) => 'v'.repeat(size))
  const [batch] = splitRecordBatches(encodeRecordBatch(values.map(record), state, 1_000))
  const decoded = recordsOf(batch ?? expect.fail('no batch'))
  expect(decoded.map(({ value }) => String(value)).join() === values.join()).toBe(true)
})

test('memory that one batch gave back does not show in the next ones, also when it is given back twice', () => {
  const values = (letter: string) => Array.from({ length: 300 }, (_, i) => letter.repeat(500 + i))
  const bytesOf = (encoder: RecordBatchEncoder) => Buffer.concat(encoder.finish(state, 1_000))
  const first = new RecordBatchEncoder()
  for (const value of values('a')) first.append(record(value))
  bytesOf(first)
  first.release()
  first.release()
  const [second, third] = [new RecordBatchEncoder(), new RecordBatchEncoder()]
  for (const value of values('b')) second.append(record(value))
  for (const value of values('c')) third.append(record(value))
  const decoded = [second, third].map((encoder) => splitRecordBatches(bytesOf(encoder)).flatMap(recordsOf))
  expect(decoded.map((records) => records.map(({ value }) => String(value)))).toEqual([
    values('b'),
    values('c'),
  ])
})

test("kafkajs's own decoder reads the encoded batch the same way", async () => {
  const require = createRequire(import.meta.url)
  const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => unknown
  const decode = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (
    decoder: unknown,
  ) => Promise<{ producerId: string; firstSequence: number; records: { value: Buffer | null }[] }>
  const decoded = await decode(new Decoder(encodeRecordBatch([record('a'), record(null)], state, 1_000)))
  expect(decoded).toMatchObject({ producerId: '7', firstSequence: 40 })
  expect(decoded.records.map((r) => r.value?.toString() ?? null)).toEqual(['a', null])
})

test('an incomplete batch at the end of a fetch is left for the next fetch', () => {
  const whole = encodeRecordBatch([record('a')], state, 1_000)
  expect(splitRecordBatches(Buffer.concat([whole, whole.subarray(0, whole.length - 1)])).length).toBe(1)
})

test('a flipped bit is a permanent failure that names the offset, never a wrong record', () => {
  const damaged = encodeRecordBatch([record('a')], state, 1_000)
  damaged[damaged.length - 3] = 0xff
  expect(() => splitRecordBatches(damaged).map(decodeRecordBatch)).toThrow(
    /record batch at offset 0 fails its CRC/,
  )
})

test('a codec that is not known is a permanent failure that names it and the offset, never skipped', () => {
  const [batch] = splitRecordBatches(encodeRecordBatch([record('a')], state, 1_000))
  const view = batch ?? expect.fail('no batch')
  view.bytes.writeInt16BE(5, 21)
  expect(() => decodeRecordBatch(view)).toThrow(
    expect.objectContaining({
      failureClass: 'permanent',
      message: expect.stringMatching(/record batch at offset 0 .* codec number 5 is not known/) as string,
    }),
  )
})
