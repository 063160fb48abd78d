import { zstdCompressSync } from 'node:zlib'
import { CompressionCodecs, CompressionTypes } from 'kafkajs'
import { expect, test } from 'vitest'
import { createKafkaTopic, readToEnd, textOf, type KafkaTopic } from '../support/kafka/kafka-topic.ts'
import { cleanOften, compacting } from '../support/kafka/kafka-settings.ts'
import { deleteRecords } from '../support/kafka/delete-records.ts'
import { eventually } from '../support/eventually.ts'
import { recordBatchesOf } from '../support/kafka/record-batches.ts'
import { transactionalProducer } from '../support/kafka/transactional-producer.ts'

const READ = { maxWaitMs: 100, minBytes: 1 }

test('records of an aborted transaction are invisible, and their offsets and the control records are passed', async () => {
  const topic = await createKafkaTopic()
  await sendTransactions(topic, [
    { values: ['a', 'b'], commit: true }, // offsets 0 and 1, marker 2
    { values: ['lost', 'lost too'], commit: false }, // 3 and 4, marker 5
    { values: ['c'], commit: true }, // 6, marker 7
  ])
  const { records, end } = await readToEnd(await topic.reader())
  expect(records.map(({ offset }) => offset)).toEqual([0n, 1n, 6n])
  expect(textOf(records)).toEqual(['a', 'b', 'c'])
  expect(end).toBe(8n)
})

test('a log that ends with an aborted transaction is read to its end', async () => {
  const topic = await createKafkaTopic()
  await sendTransactions(topic, [
    { values: ['a'], commit: true },
    { values: ['lost'], commit: false },
  ])
  const { records, end } = await readToEnd(await topic.reader())
  expect(textOf(records)).toEqual(['a'])
  expect(end).toBe(4n)
})

test('records of two producers whose transactions overlap are told apart, whichever ends first', async () => {
  const topic = await createKafkaTopic()
  const [first, second] = await Promise.all(['first', 'second'].map((id) => transactional(topic, id)))
  const early = await first?.transaction()
  await early?.send({ topic: topic.name, messages: [{ value: 'lost early' }] })
  const late = await second?.transaction()
  await late?.send({ topic: topic.name, messages: [{ value: 'lost late' }] })
  await late?.abort()
  const kept = await second?.transaction()
  await kept?.send({ topic: topic.name, messages: [{ value: 'kept' }] })
  await kept?.commit()
  await early?.send({ topic: topic.name, messages: [{ value: 'lost early too' }] })
  await early?.abort()
  expect(textOf((await readToEnd(await topic.reader())).records)).toEqual(['kept'])
})

test('records behind an open transaction wait until it is decided', async () => {
  const topic = await createKafkaTopic()
  const producer = await transactional(topic, 'open')
  const transaction = await producer.transaction()
  await transaction.send({ topic: topic.name, messages: [{ value: 'in it' }] })
  await send(topic, ['behind it'])
  const reader = await topic.reader()
  expect(await reader.read(0n, READ)).toMatchObject({ to: 0n, records: { length: 0 }, endOffset: 2n })
  await transaction.commit()
  expect(textOf((await readToEnd(reader)).records)).toEqual(['in it', 'behind it'])
})

test('a compacted log with gaps is read to its end', async () => {
  const topic = await createKafkaTopic(compacting)
  await cleanOften(topic.kafka)
  const reader = await topic.reader({ maxRecords: 3 })
  // Each round is a segment of its own, of which compaction leaves the one key that no later round has.
  await eventually(async () => {
    await send(topic, ['old', 'new', `unique ${Math.random()}`], ['key', 'key', `${Math.random()}`])
    const { records, end } = await readToEnd(reader)
    expect(records.length).toBeLessThan(Number(end) - 4)
    expect(end).toBe((await reader.bounds()).end)
    expect(textOf(records).at(-2)).toBe('new')
  })
})

test.for(['gzip', 'snappy', 'lz4', 'zstd'] as const)(
  'records that the broker compressed with %s, as the topic asks for, are read',
  async (codec) => {
    const topic = await createKafkaTopic({ 'compression.type': codec })
    const values = Array.from({ length: 2_000 }, (_, i) => `${i} ${'b'.repeat(i % 300)}`)
    await send(topic, values)
    expect(await recordBatchesOf(topic.kafka, topic.name)).toEqual([{ codec, records: values.length }])
    expect(textOf((await readToEnd(await topic.reader())).records)).toEqual(values)
  },
)

test('a record batch that would take more than 128 MiB is a permanent failure that names it', async () => {
  const topic = await createKafkaTopic()
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => Promise.resolve(zstdCompressSync(buffer)),
    decompress: () => Promise.reject(new Error('only written here')),
  })
  await send(topic, ['x'.repeat(128 * 1024 * 1024)], [], CompressionTypes.ZSTD)
  const reader = await topic.reader()
  await expect(reader.read(0n, READ)).rejects.toMatchObject({
    failureClass: 'permanent',
    message: expect.stringMatching(
      /record batch at offset 0 cannot be decompressed: .* 134217728 bytes/,
    ) as string,
  })
})

test('a range ends at the limit of records, at `until`, and goes on from there', async () => {
  const topic = await createKafkaTopic()
  const values = Array.from({ length: 10 }, (_, i) => String(i))
  await send(topic, values)
  const reader = await topic.reader({ maxRecords: 4 })
  const ranges = [await reader.read(0n, READ), await reader.read(4n, READ), await reader.read(8n, READ)]
  expect(ranges.map(({ from, to }) => [from, to])).toEqual([
    [0n, 4n],
    [4n, 8n],
    [8n, 10n],
  ])
  expect(ranges.flatMap(({ records }) => textOf(records.slice(0)))).toEqual(values)
  expect(await reader.read(1n, { ...READ, until: 3n })).toMatchObject({ from: 1n, to: 3n })
  expect(textOf((await reader.read(3n, READ)).records.slice(0))).toEqual(['3', '4', '5', '6'])
})

test('a record larger than the limit of bytes comes whole', async () => {
  const topic = await createKafkaTopic({ 'max.message.bytes': String(6 * 1024 * 1024) })
  const value = 'x'.repeat(5 * 1024 * 1024)
  await send(topic, ['before', value, 'after'])
  const { records } = await readToEnd(await topic.reader({ maxBytes: 100_000 }))
  expect(textOf(records)).toEqual(['before', value, 'after'])
})

test('offsets that retention took, or that are not there yet, are data loss that names them', async () => {
  const topic = await createKafkaTopic()
  await send(topic, ['a', 'b', 'c'])
  await deleteRecords(topic.kafka, topic.name, 0, 2)
  const reader = await topic.reader()
  expect(await reader.bounds()).toEqual({ start: 2n, end: 3n })
  await expect(reader.read(0n, READ)).rejects.toMatchObject({
    failureClass: 'data_loss',
    message: expect.stringContaining(`offsets 0 to 1 of ${topic.name}/0 are gone`) as string,
  })
  const other = await topic.reader()
  await expect(other.read(9n, READ)).rejects.toMatchObject({
    failureClass: 'data_loss',
    message: expect.stringContaining('ends at 3, before the checkpoint 9') as string,
  })
})

test('a topic that is deleted is waited for, and has another id when it is created again', async () => {
  const topic = await createKafkaTopic()
  const before = await topic.reader()
  await topic.delete()
  await expect(topic.reader()).rejects.toMatchObject({ failureClass: 'transient' })
  await expect(before.read(0n, READ)).rejects.toMatchObject({ failureClass: 'transient' })
  await topic.create()
  expect((await topic.reader()).topicId).not.toBe(before.topicId)
})

test('a group without a committed offset has none, not 0', async () => {
  const topic = await createKafkaTopic()
  expect(await (await topic.reader()).groupOffset(`nobody-${topic.name}`)).toBeNull()
})

async function send(
  topic: KafkaTopic,
  values: string[],
  keys: string[] = [],
  compression = CompressionTypes.None,
): Promise<void> {
  const producer = topic.kafka.producer()
  await producer.connect()
  const messages = values.map((value, i) => ({ value, key: keys[i] ?? null }))
  await producer.send({ topic: topic.name, compression, messages })
  await producer.disconnect()
}

const transactional = (topic: KafkaTopic, id: string) =>
  transactionalProducer(topic.kafka, `${id}-${topic.name}`)

async function sendTransactions(
  topic: KafkaTopic,
  transactions: { values: string[]; commit: boolean }[],
): Promise<void> {
  const producer = await transactional(topic, 'sender')
  for (const { values, commit } of transactions) {
    const transaction = await producer.transaction()
    await transaction.send({ topic: topic.name, messages: values.map((value) => ({ value })) })
    await (commit ? transaction.commit() : transaction.abort())
  }
}
