import { expect, test } from 'vitest'
import { createLoginSource } from '../../generator/login-source.ts'
import { GroundTruth } from '../../generator/ground-truth.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { produceWithJava } from '../support/kafka/java-producer.ts'
import { recordBatchesOf } from '../support/kafka/record-batches.ts'

const codecs = ['gzip', 'snappy', 'lz4', 'zstd'] as const
const LOGINS = 1_200
/** More than 300 logins. */
const BATCH_BYTES = 100_000

test("logins that Kafka's Java producer compressed are counted exactly, whatever the codec", async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  deployment.start('worker/main.ts')
  const truth = new GroundTruth()
  const source = createLoginSource({ seed: 3, users: 500 })
  for (const codec of codecs) {
    const messages = Array.from({ length: LOGINS }, () => source.next(Math.floor(Date.now() / 1000)))
    const lines = messages.map(({ value }) => value)
    await produceWithJava(deployment, lines, { codec, batchBytes: BATCH_BYTES })
    for (const { sent } of messages) truth.addSent(sent)
  }
  const batches = await recordBatchesOf(deployment.kafka, deployment.config.kafka.topic)
  expect(new Set(batches.map(({ codec }) => codec))).toEqual(new Set(codecs))
  for (const codec of codecs) {
    const records = batches.filter((batch) => batch.codec === codec).map((batch) => batch.records)
    expect(Math.max(...records)).toBeGreaterThan(300)
  }
  await expectExact(deployment, truth)
})
