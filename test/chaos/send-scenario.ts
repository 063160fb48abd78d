import { setTimeout as sleep } from 'node:timers/promises'
import { createPace, TICK_MS } from '../../generator/pace.ts'
import { Scenario, type ScenarioRecord } from '../../generator/scenario.ts'
import { createLoginProducer, type LoginRecord } from '../../kafka/login-producer.ts'
import type { RecordBook } from './record-book.ts'
import type { World } from './world.ts'

const USERS = 400
const MOMENTS_PER_SECOND = 80

/** Sends the scenario of a seed at a steady rate, through outages of Kafka, until all of `durationMs` is acknowledged. */
export async function sendScenario(
  { deployment, say }: World,
  { seed, durationMs, stop }: { seed: number; durationMs: number; stop: AbortSignal },
  book: RecordBook,
): Promise<void> {
  const startMs = Date.now()
  const scenario = new Scenario({ seed, users: USERS, startMs, rollOutMs: durationMs })
  const pace = createPace(MOMENTS_PER_SECOND, startMs)
  const producer = createLoginProducer(deployment.kafka, {
    topic: deployment.config.kafka.topic,
    signal: stop,
    onOutage: () => {
      say('the producer waits for Kafka')
    },
    onRecovery: () => {
      say('the producer goes on')
    },
  })
  const moments = (durationMs / 1000) * MOMENTS_PER_SECOND
  try {
    for (let passed = 0; passed < moments;) {
      const due = pace.due(Date.now()).slice(0, moments - passed)
      const records = due.flatMap((dueMs) => scenario.at(dueMs))
      if (records.length > 0) await producer.send(records.map(toKafka))
      book.add(records)
      passed += due.length
      await sleep(TICK_MS, undefined, { signal: stop })
    }
  } finally {
    await producer.close()
  }
}

const toKafka = ({ key, value }: ScenarioRecord): LoginRecord => ({ key: Buffer.from(key), value })
