import type { Config } from '../config/config.ts'
import { openTemporal } from '../temporal/connect.ts'
import { findTemporalProblem, PATIENT_MS } from '../temporal/find-temporal-problem.ts'

/** Checks that Temporal answers and has the namespace. @throws {Error} if not; the message says what to do */
export async function checkTemporal(config: Config['temporal']): Promise<void> {
  try {
    const connection = await openTemporal(config)
    await connection.workflowService
      .describeNamespace({ namespace: config.namespace })
      .finally(() => connection.close())
  } catch (error) {
    throw new Error(await findTemporalProblem(error, config, PATIENT_MS), { cause: error })
  }
}
