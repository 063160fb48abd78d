import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '@temporalio/client'
import type { Config } from '../config/config.ts'
import { openTemporal } from '../temporal/connect.ts'
import { findTemporalProblem, PATIENT_MS } from '../temporal/find-temporal-problem.ts'
import { AttributesMissing, registerSearchAttributes } from './temporal-search-attributes.ts'

/** Pause between attempts to reach Temporal at the start. */
const RETRY_MS = 2_000
/**
 * Shorter than the deadline of a probe, so that /ready says that Temporal is away and not that the time is
 * up.
 */
const ANSWER_MS = 1_500

/**
 * Connects to Temporal and registers the search attributes. While that fails it tries again.
 * @param waits gets why, once for each reason in a row
 * @returns null if `stop` aborted first
 */
export async function connectTemporal(
  temporal: Config['temporal'],
  waits: (reason: string) => void,
  stop: AbortSignal,
): Promise<Connection | null> {
  let said = ''
  while (!stop.aborted) {
    try {
      return await connectOnce(temporal)
    } catch (error) {
      const reason = await reasonOf(error, temporal)
      if (reason !== said) waits(reason)
      said = reason
      await sleep(RETRY_MS, undefined, { signal: stop }).catch(() => undefined)
    }
  }
  return null
}

async function connectOnce(temporal: Config['temporal']): Promise<Connection> {
  const connection = await openTemporal(temporal)
  try {
    await registerSearchAttributes(connection, temporal.namespace)
    return connection
  } catch (error) {
    await connection.close()
    throw error
  }
}

const reasonOf = async (error: unknown, temporal: Config['temporal']): Promise<string> =>
  error instanceof AttributesMissing ? error.message : await findTemporalProblem(error, temporal, PATIENT_MS)

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
