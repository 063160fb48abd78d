import { expect, test } from 'vitest'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { readTopic } from '../support/kafka/read-topic.ts'

const RECORDS = 150

test.for(['original', 'mixed'])(
  'two generators of the scenario %s that start in the same millisecond do not send the same records',
  async (scenario) => {
    const deployment = await createDeployment({
      KAFKA_PARTITIONS: '1',
      GENERATE_SCENARIO: scenario,
      GENERATE_RATE: '200',
      NODE_OPTIONS: `--import=${new URL('../support/deployment/clock-in-steps.ts', import.meta.url).href}`,
    })
    const generators = [1, 2].map(() => deployment.start('generator/main.ts'))
    const { kafka, config } = deployment
    const records = await eventually(async () => {
      const sent = await readTopic(kafka, config.kafka.topic)
      expect(sent.length).toBeGreaterThan(RECORDS)
      return sent
    })
    await Promise.all(generators.map((generator) => generator.kill()))
    expect(new Set(records.map(({ key }) => key)).size).toBe(records.length)
  },
)
