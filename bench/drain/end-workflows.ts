import { Client } from '@temporalio/client'
import type { Config } from '../../config/config.ts'
import { openTemporal } from '../../temporal/connect.ts'

/**
 * Ends every workflow and schedule of the benchmark's Temporal server. Their ids come from the topic, which
 * the next round reads again with another database and group.
 */
export async function endWorkflows({ temporal }: Config): Promise<void> {
  const connection = await openTemporal(temporal)
  const client = new Client({ connection, namespace: temporal.namespace })
  try {
    for await (const { scheduleId } of client.schedule.list())
      await client.schedule.getHandle(scheduleId).delete()
    for await (const { workflowId } of client.workflow.list({ query: 'ExecutionStatus="Running"' }))
      // Fails if the workflow has just ended by itself.
      await client.workflow
        .getHandle(workflowId)
        .terminate('the benchmark is over')
        .catch(() => undefined)
  } finally {
    await connection.close()
  }
}
