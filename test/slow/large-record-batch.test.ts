import { expect, test } from 'vitest'
import { createLoginSource } from '../../generator/login-source.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { produceWithJava } from '../support/kafka/java-producer.ts'
import { recordBatchesOf } from '../support/kafka/record-batches.ts'
import { expectExact } from '../support/truth/exactness.ts'

// That such a batch is decoded whole, a unit test says in every run: kafka/records/record-batch.test.ts.
test('a record batch of more than 125,000 logins is counted whole', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const { kafka, config } = deployment
  const source = createLoginSource({ seed: 7, users: 100 })
  const different = Array.from({ length: 200 }, () => source.next(Math.floor(Date.now() / 1000)))
  const { truth } = createFeed(deployment)
  const lines: string[] = []
  for (let i = 0; i < 130_000; i++) {
    const { value, sent } = different[i % different.length] ?? expect.fail('no login')
    lines.push(value)
    truth.addSent(sent)
  }
  await produceWithJava(deployment, lines, { codec: 'zstd', batchBytes: 64 * 1024 * 1024 })
  expect(await recordBatchesOf(kafka, config.kafka.topic)).toEqual([{ codec: 'zstd', records: 130_000 }])
  deployment.start('worker/main.ts')
  await expectExact(deployment, truth)
})
