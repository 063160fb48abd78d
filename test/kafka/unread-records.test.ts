import { expect, inject, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../config/config.ts'
import { createTopicOffsets } from '../../kafka/topics/topic-offsets.ts'
import { createKafkaTopic, type KafkaTopic } from '../support/kafka/kafka-topic.ts'

const HOUR_MS = 3_600_000
const NOW_MS = Date.parse('2026-03-01T12:00:00Z')

test('the latest timestamp up to a record is found from what Kafka says of moments, in order or not, and what limits the log', async () => {
  const topic = await createKafkaTopic({
    'retention.ms': String(7 * 24 * HOUR_MS),
    'retention.bytes': '5000000',
  })
  // Hours before NOW_MS, by offset: the record at 3 is older than one before it, the last one is after NOW_MS.
  await send(topic, [50, 49.5, 20, 30, 1, -2])
  const offsets = open(topic)
  const found = async (offset: bigint) => {
    const { timestamps } = await offsets.readUnread(topic.name, [{ partition: 0, offset }], NOW_MS)
    return (NOW_MS - (timestamps.get(0) ?? NaN)) / HOUR_MS
  }
  const hours = [await found(0n), await found(1n), await found(2n), await found(3n), await found(4n)]
  // As exactly as a hundredth of what has passed since.
  expect(hours[0]).toBeCloseTo(50, 0)
  expect(hours[1]).toBeCloseTo(49.5, 0)
  expect(hours[2]).toBeCloseTo(20, 0)
  expect(hours[3]).toBe(hours[2])
  expect(hours[4]).toBeCloseTo(1, 1)
  expect(await found(5n)).toBe(0)
  const { retention, logBytes } = await offsets.readUnread(topic.name, [{ partition: 0, offset: 0n }], NOW_MS)
  expect(retention).toEqual({ deletes: true, maxAgeMs: 7 * 24 * HOUR_MS, maxBytes: 5_000_000 })
  expect(logBytes.get(0)).toBeGreaterThan(6 * 50)
})

test('a topic without limits, a compacted one, and a partition without records are told apart', async () => {
  const compacted = await createKafkaTopic({ 'cleanup.policy': 'compact', 'retention.ms': '-1' })
  const { retention, timestamps, logBytes } = await open(compacted).readUnread(
    compacted.name,
    [{ partition: 0, offset: 0n }],
    NOW_MS,
  )
  expect(retention).toEqual({ deletes: false, maxAgeMs: null, maxBytes: null })
  expect(timestamps.size).toBe(0)
  expect(logBytes.size).toBe(0)
})

function open(topic: KafkaTopic) {
  const offsets = createTopicOffsets(
    { ...loadConfig(inject('stackEnvironment')).kafka, topic: topic.name },
    'test',
  )
  onTestFinished(offsets.close)
  return offsets
}

/** A batch for each record, because a batch has one timestamp by which it is found. */
async function send({ kafka, name }: KafkaTopic, hoursBefore: number[]): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  for (const hours of hoursBefore)
    await producer.send({
      topic: name,
      messages: [{ value: 'x'.repeat(50), timestamp: String(NOW_MS - hours * HOUR_MS) }],
    })
  await producer.disconnect()
}
