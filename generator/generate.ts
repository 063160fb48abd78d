import { setTimeout } from 'node:timers/promises'
import type { Logger } from '../config/logger.ts'
import type { LoginProducer } from '../kafka/login-producer.ts'
import type { LoginSource } from './login-source.ts'
import { createPace, TICK_MS } from './pace.ts'

const PROGRESS_MS = 60_000

/**
 * Sends logins at `ratePerSecond` until `signal` aborts, each dated when it was due: after an outage they arrive late,
 * and none is missing. Returns how many Kafka acknowledged.
 */
export async function generate(
  source: LoginSource,
  producer: LoginProducer,
  { ratePerSecond, log, signal }: { ratePerSecond: number; log: Logger; signal: AbortSignal },
): Promise<number> {
  const isStopped = () => signal.aborted
  const pace = createPace(ratePerSecond, Date.now())
  let sent = 0
  let reportedMs = Date.now()
  while (!isStopped()) {
    const records = pace.due(Date.now()).map((dueMs) => {
      const { key, value } = source.next(Math.floor(dueMs / 1000))
      return { key: Buffer.from(key), value: Buffer.from(value) }
    })
    try {
      if (records.length > 0) await producer.send(records)
      sent += records.length
    } catch (error) {
      if (!isStopped()) throw error
    }
    if (Date.now() - reportedMs >= PROGRESS_MS) {
      log.info({ sent }, 'logins sent')
      reportedMs = Date.now()
    }
    await setTimeout(TICK_MS)
  }
  return sent
}
