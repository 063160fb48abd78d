import { expect, onTestFinished, test } from 'vitest'
import { createTopicOffsets } from '../../kafka/topics/topic-offsets.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'

test('whatever was asked about other topics, the ends of the one that is counted are told', async () => {
  const { config, kafka } = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const offsets = createTopicOffsets(config.kafka, 'test')
  onTestFinished(() => offsets.close())
  const expectTold = async () => {
    expect(await offsets.read(config.kafka.topic)).toMatchObject([{ partition: 0, start: 0n, end: 0n }])
  }
  await expectTold()
  await expect(offsets.read('x'.repeat(40_000))).rejects.toThrow()
  await expectTold()
  await expect(offsets.read('no-such-topic')).rejects.toThrow()
  await expectTold()

  const admin = kafka.admin()
  onTestFinished(() => admin.disconnect())
  const other = `other-${config.kafka.topic}`
  await admin.createTopics({ topics: [{ topic: other, numPartitions: 1 }] })
  await eventually(async () => {
    expect(await offsets.read(other)).toHaveLength(1)
  })
  await admin.deleteTopics({ topics: [other] })
  await eventually(async () => {
    expect(await admin.listTopics()).not.toContain(other)
  })
  await expect(offsets.read(other)).rejects.toThrow()
  await expectTold()
})

test('a client that failed is replaced: once the topic is there, its ends are told', async () => {
  const { config, kafka } = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const topic = `late-${config.kafka.topic}`
  const offsets = createTopicOffsets({ ...config.kafka, topic }, 'test')
  onTestFinished(() => offsets.close())
  await expect(offsets.read(topic)).rejects.toThrow()
  const admin = kafka.admin()
  onTestFinished(() => admin.disconnect())
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  await eventually(async () => {
    expect(await offsets.read(topic)).toHaveLength(1)
  })
})
