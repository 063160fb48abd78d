import { expect, onTestFinished, test } from 'vitest'
import { createLoginProducer } from '../../kafka/write/login-producer.ts'
import { eventually } from '../support/eventually.ts'
import { createKafkaTopic, readToEnd, textOf } from '../support/kafka/kafka-topic.ts'

test('while partitions are added every record that is acknowledged is in the topic, and the new ones get some', async () => {
  const topic = await createKafkaTopic()
  const abort = new AbortController()
  const outages: Error[] = []
  const producer = createLoginProducer(topic.kafka, {
    topic: topic.name,
    signal: abort.signal,
    onOutage: (error) => outages.push(error),
    onRecovery: () => undefined,
  })
  onTestFinished(async () => {
    abort.abort()
    await producer.close()
  })
  let acknowledged = 0
  const sendSome = async () => {
    const keys = Array.from({ length: 20 }, (_, i) => Buffer.from(`user ${i}`))
    await producer.send(keys.map((key) => ({ key, value: key })))
    acknowledged += keys.length
  }
  await sendSome()
  await topic.addPartitions(3)
  const readers = await Promise.all([0, 1, 2].map((partition) => topic.reader({}, partition)))
  await eventually(async () => {
    await sendSome()
    const ends = await Promise.all(readers.map(async (reader) => Number((await reader.bounds()).end)))
    expect(ends.every((end) => end > 0)).toBe(true)
  })
  const read = await Promise.all(readers.map(readToEnd))
  expect(read.flatMap(({ records }) => records).length).toBe(acknowledged)
  expect(outages).toEqual([])
})

test('what the topic refuses as too large is given back, and every record around it is in the topic', async () => {
  const topic = await createKafkaTopic({ 'max.message.bytes': '5000' })
  const abort = new AbortController()
  const outages: Error[] = []
  const producer = createLoginProducer(topic.kafka, {
    topic: topic.name,
    signal: abort.signal,
    onOutage: (error) => outages.push(error),
    onRecovery: () => undefined,
  })
  onTestFinished(async () => {
    abort.abort()
    await producer.close()
  })
  // Too large together as well: only records that are too large alone are refused.
  const small = Array.from({ length: 300 }, (_, i) => Buffer.from(`${i} ${'x'.repeat(100)}`))
  const large = [Buffer.alloc(6_000, 'y'), Buffer.alloc(7_000, 'z')]
  const values = [...small.slice(0, 150), ...large, ...small.slice(150)]
  const { acknowledged, refused } = await producer.send(
    values.map((value) => ({ key: Buffer.from('k'), value })),
  )
  expect(refused.map(({ record }) => record.value)).toEqual(large)
  expect(refused[0]?.cause.message).toMatch(/max\.message\.bytes of the topic/)
  expect([...acknowledged]).toEqual([[0, 300]])
  const { records } = await readToEnd(await topic.reader())
  expect(textOf(records)).toEqual(small.map(String))
  expect(outages).toEqual([])
})
