import { Connection } from '@temporalio/client'
import type { Config } from '../config/config.ts'
import { temporalProblem } from '../temporal/temporal-problem.ts'

/** Checks that Temporal answers and has the namespace. @throws {Error} if not; the message says what to do */
export async function checkTemporal(config: Config['temporal']): Promise<void> {
  try {
    const connection = await Connection.connect({ address: config.address, connectTimeout: '5s' })
    await connection.workflowService
      .describeNamespace({ namespace: config.namespace })
      .finally(() => connection.close())
  } catch (error) {
    throw new Error(temporalProblem(error, config), { cause: error })
  }
}
