import { setTimeout as sleep } from 'node:timers/promises'
import { createPace, TICK_MS } from '../../../generator/pace.ts'
import { Scenario, type ScenarioRecord } from '../../../generator/scenario.ts'
import { createLoginProducer } from '../../../kafka/write/login-producer.ts'
import { Poisoner } from '../poison.ts'
import type { RecordBook } from '../judge/record-book.ts'
import type { World } from '../world.ts'

const USERS = 400
const MOMENTS_PER_SECOND = 80

/** Sends records and enters in the book what Kafka acknowledged. */
export type Sender = {
  send: (records: readonly ScenarioRecord[]) => Promise<void>
  close: () => Promise<void>
}

export function openSender({ deployment, say }: World, book: RecordBook, stop: AbortSignal): Sender {
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
  return {
    send: async (records) => {
      await producer.send(records.map(({ key, value }) => ({ key: Buffer.from(key), value })))
      book.add(records)
    },
    close: () => producer.close(),
  }
}

/** Sends the scenario of a seed at a steady rate, through outages of Kafka, until all of `durationMs` is acknowledged. */
export async function sendScenario(
  sender: Sender,
  { seed, durationMs, stop }: { seed: number; durationMs: number; stop: AbortSignal },
): Promise<void> {
  const startMs = Date.now()
  const scenario = new Scenario({ seed, users: USERS, startMs, rollOutMs: durationMs })
  const poisoner = new Poisoner()
  const pace = createPace(MOMENTS_PER_SECOND, startMs)
  const moments = (durationMs / 1000) * MOMENTS_PER_SECOND
  for (let passed = 0; passed < moments;) {
    const due = pace.due(Date.now()).slice(0, moments - passed)
    if (due.length > 0)
      await sender.send(due.flatMap((dueMs) => scenario.at(dueMs)).map((record) => poisoner.poison(record)))
    passed += due.length
    await sleep(TICK_MS, undefined, { signal: stop })
  }
}
