import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '@temporalio/client'
import type { Logger } from 'pino'
import type { Config } from '../config/config.ts'
import { openTemporal } from '../temporal/connect.ts'
import { findTemporalProblem } from '../temporal/find-temporal-problem.ts'
import { registerSearchAttributes } from './temporal-search-attributes.ts'

/** Pause between attempts to reach Temporal at the start. */
const RETRY_MS = 2_000
/**
 * Shorter than the deadline of a probe, so that /ready says that Temporal is away and not that the time is
 * up.
 */
const ANSWER_MS = 1_500

/**
 * Connects to Temporal and registers the search attributes. While Temporal is away it tries again, and logs
 * that once.
 * @returns null if `stop` aborted first
 */
export async function connectTemporal(
  temporal: Config['temporal'],
  log: Logger,
  stop: AbortSignal,
): Promise<Connection | null> {
  for (let attempt = 1; !stop.aborted; attempt++) {
    try {
      const connection = await openTemporal(temporal)
      await registerSearchAttributes(connection, temporal.namespace)
      return connection
    } catch (error) {
      if (attempt === 1)
        log.warn(
          { error: await findTemporalProblem(error, temporal) },
          'the worker waits for Temporal and tries again every 2 seconds',
        )
      await sleep(RETRY_MS)
    }
  }
  return null
}

/**
 * Asks Temporal for an answer, whatever it is.
 * @throws {Error} if Temporal does not answer in 1.5 seconds; the message says what to do
 */
export async function pingTemporal(connection: Connection, temporal: Config['temporal']): Promise<void> {
  try {
    await connection.withDeadline(Date.now() + ANSWER_MS, () => connection.workflowService.getSystemInfo({}))
  } catch (error) {
    throw new Error(await findTemporalProblem(error, temporal), { cause: error })
  }
}
