import {
  Client,
  type Connection,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type ScheduleOptions,
} from '@temporalio/client'
import type { Config } from '../config/config.ts'
import { reconcileTopicId } from '../workflows/contract.ts'
import type { reconcileTopic } from '../workflows/reconcile-topic.ts'

/**
 * Makes the schedule of reconciliation what the configuration says, whether there is one or not; every worker does so at
 * its start. An operator's pause of it stays.
 */
export async function scheduleReconciliation(connection: Connection, config: Config): Promise<void> {
  const { schedule } = new Client({ connection, namespace: config.temporal.namespace })
  const { everyMinutes } = config.reconciliation
  const scheduleId = reconcileTopicId(config.kafka.topic)
  const handle = schedule.getHandle(scheduleId)
  try {
    if (everyMinutes === 0) await handle.delete()
    else await schedule.create({ scheduleId, ...optionsFor(config, everyMinutes) })
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
    await handle.update((previous) => ({ ...previous, ...optionsFor(config, everyMinutes) }))
  }
}

function optionsFor({ kafka, temporal }: Config, everyMinutes: number) {
  return {
    spec: { intervals: [{ every: `${everyMinutes} minutes` }] },
    action: {
      type: 'startWorkflow',
      workflowType: 'reconcileTopic' satisfies (typeof reconcileTopic)['name'],
      workflowId: reconcileTopicId(kafka.topic),
      taskQueue: temporal.taskQueue,
      args: [kafka.topic],
    },
    // A run goes on where the one before ended, so what was missed need not be caught up.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
  } satisfies Omit<ScheduleOptions, 'scheduleId'>
}
