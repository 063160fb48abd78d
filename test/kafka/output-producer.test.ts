import { expect, onTestFinished, test } from 'vitest'
import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import type { OutputRecord } from '../../kafka/records/encode-record-batch.ts'
import { openOutputProducer, type OutputProducer } from '../../kafka/write/output-producer.ts'
import { createKafkaTopic, type KafkaTopic } from '../support/kafka/kafka-topic.ts'
import { eventually } from '../support/eventually.ts'
import { setTopicSettings } from '../support/kafka/kafka-settings.ts'
import { readTopic } from '../support/kafka/read-topic.ts'

/** A broker answers a commit before its markers are in every partition. */
const MARKERS_MS = 5_000

test('outputs and the group offset become visible together, or not at all', async () => {
  const { topic, producer, groupOffset } = await open()
  await producer.publish(outputs(producer, topic, ['a', 'b']), 7n)
  await expectValues(topic, ['a', 'b'])
  await eventually(async () => {
    expect(await groupOffset()).toBe(7n)
  }, MARKERS_MS)
  const failed = producer.publish(outputs(producer, topic, ['never']), 8n, () =>
    Promise.reject(new Error('crash')),
  )
  await expect(failed).rejects.toThrow('crash')
  await openProducer(topic)
  await expectValues(topic, ['a', 'b'])
  expect(await groupOffset()).toBe(7n)
})

test('a group offset that an open transaction may move is not read: its end is waited for, then missed loudly', async () => {
  const { topic, producer, groupOffset } = await open()
  await producer.publish(outputs(producer, topic, ['a']), 3n)
  await producer.publish(outputs(producer, topic, ['b']), 7n, async () => {
    await expect(groupOffset()).rejects.toMatchObject({
      failureClass: 'data_loss',
      message: expect.stringMatching(/never ended.*find-hanging.*then resume/) as unknown,
    })
  })
  // Without waiting here: the reader does.
  expect(await groupOffset()).toBe(7n)
})

test('a second producer with the same transactional.id fences the first, whose open transaction is gone', async () => {
  const { topic, producer, groupOffset } = await open()
  let second: OutputProducer | null = null
  const overtaken = producer.publish(outputs(producer, topic, ['overtaken']), 1n, async () => {
    second = await openProducer(topic)
  })
  await expect(overtaken).rejects.toMatchObject({ failureClass: 'fenced' })
  await expect(producer.publish(outputs(producer, topic, ['fenced']), 2n)).rejects.toMatchObject({
    failureClass: 'fenced',
  })
  const winner = (second as OutputProducer | null) ?? expect.fail('not opened')
  await winner.publish(outputs(winner, topic, ['winner']), 3n)
  await expectValues(topic, ['winner'])
  await eventually(async () => {
    expect(await groupOffset()).toBe(3n)
  }, MARKERS_MS)
})

test('keys, values and headers arrive byte for byte, missing ones as missing', async () => {
  const { topic, producer } = await open()
  const records: OutputRecord[] = [
    { key: Buffer.from('key'), value: Buffer.from('value'), headers: [['name', Buffer.from('ü')]] },
    { key: null, value: null, headers: [] },
  ]
  const collected = producer.collect()
  for (const record of records) collected.add(topic.name, record)
  await producer.publish(collected, 1n)
  await eventually(async () => {
    expect(await readTopic(topic.kafka, topic.name)).toMatchObject([
      { key: 'key', value: Buffer.from('value'), headers: { name: 'ü' } },
      { key: null, value: null, headers: {} },
    ])
  }, MARKERS_MS)
})

test('outputs larger than a record batch may be are split, and keep their order', async () => {
  const { topic, producer } = await open()
  const values = Array.from({ length: 30 }, (_, i) => `${i} `.padEnd(100_000, '.'))
  await producer.publish(outputs(producer, topic, values), 30n)
  await expectValues(topic, values)
})

test('a record that the topic will never take is refused before it is sent, as a permanent failure', async () => {
  const { topic, producer } = await open({ 'max.message.bytes': '40000' })
  expect(() => outputs(producer, topic, ['x'.repeat(50_000)])).toThrow(
    expect.objectContaining({ failureClass: 'permanent' }) as Error,
  )
})

test('a record that fits no more when it is sent is a permanent failure', async () => {
  const { topic, producer } = await open()
  const collected = outputs(producer, topic, ['x'.repeat(100_000)])
  await setTopicSettings(topic.kafka, topic.name, { 'max.message.bytes': '50000' })
  await eventually(async () => {
    await expect(producer.publish(collected, 1n)).rejects.toMatchObject({ failureClass: 'permanent' })
  })
})

test('a topic that takes less than any output needs is refused with the setting to change', async () => {
  const topic = await createKafkaTopic({ 'max.message.bytes': '10000' })
  await expect(openProducer(topic)).rejects.toMatchObject({
    failureClass: 'permanent',
    message: expect.stringMatching(/takes record batches of 10000 bytes.*32768 or more/) as string,
  })
})

async function open(settings: Record<string, string> = {}) {
  const topic = await createKafkaTopic(settings)
  const producer = await openProducer(topic)
  const reader = await topic.reader()
  return { topic, producer, groupOffset: () => reader.groupOffset(groupOf(topic)) }
}

async function openProducer(topic: KafkaTopic): Promise<OutputProducer> {
  const producer = await openOutputProducer(topic.kafka, {
    transactionalId: `producer-${topic.name}`,
    groupId: groupOf(topic),
    source: { topic: topic.name, partition: 0 },
    outputTopics: [topic.name],
  })
  onTestFinished(producer.close)
  return producer
}

const groupOf = ({ name }: KafkaTopic): string => `group-${name}`

function outputs(producer: OutputProducer, { name }: KafkaTopic, values: string[]): OutputCollector {
  const collected = producer.collect()
  for (const value of values) collected.add(name, { key: null, value: Buffer.from(value), headers: [] })
  return collected
}

async function expectValues({ kafka, name }: KafkaTopic, values: string[]): Promise<void> {
  await eventually(async () => {
    const records = await readTopic(kafka, name)
    expect(records.map(({ value }) => value?.toString())).toEqual(values)
  }, MARKERS_MS)
}
