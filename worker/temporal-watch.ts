import type { Connection } from '@temporalio/client'
import type { Logger } from 'pino'

const INTERVAL_MS = 5_000
/** Less than the interval: a late answer to one look must not undo what the next one saw. */
const ANSWER_MS = 4_000

/**
 * Says once when Temporal goes away and once when it is back. Slices go on meanwhile until their time is up; their
 * reports are kept by the SDK.
 * @returns what ends the watch
 */
export function watchTemporal(connection: Connection, log: Logger): () => void {
  let away = false
  const look = async () => {
    try {
      await connection.withDeadline(Date.now() + ANSWER_MS, () =>
        connection.workflowService.getSystemInfo({}),
      )
      if (away) log.info('Temporal is back')
      away = false
    } catch (error) {
      if (!away)
        log.warn({ error: String(error) }, 'Temporal is away: running slices go on for up to a minute')
      away = true
    }
  }
  const timer = setInterval(() => void look(), INTERVAL_MS)
  return () => {
    clearInterval(timer)
  }
}
