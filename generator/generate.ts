import { setTimeout } from 'node:timers/promises'
import type { Logger } from '../config/logger.ts'
import type { LoginProducer, LoginRecord } from '../kafka/write/login-producer.ts'
import { createPace, TICK_MS } from './pace.ts'

const PROGRESS_MS = 60_000

/**
 * Sends what `recordsAt` returns for each moment (Unix milliseconds), at `ratePerSecond` moments a second,
 * until `signal` aborts. After an outage records arrive late, but none is missing. Returns how many records
 * Kafka acknowledged.
 */
export async function generate(
  recordsAt: (dueMs: number) => LoginRecord[],
  producer: LoginProducer,
  { ratePerSecond, log, signal }: { ratePerSecond: number; log: Logger; signal: AbortSignal },
): Promise<number> {
  const isStopped = () => signal.aborted
  const pace = createPace(ratePerSecond, Date.now())
  let sent = 0
  let reportedMs = Date.now()
  while (!isStopped()) {
    const records = pace.due(Date.now()).flatMap(recordsAt)
    try {
      if (records.length > 0) {
        const { refused } = await producer.send(records)
        for (const { cause } of refused) log.warn({ err: cause }, 'Kafka refused a record; it was not sent')
        sent += records.length - refused.length
      }
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
