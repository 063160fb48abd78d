import {
  Client,
  type Connection,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type ScheduleOptions,
} from '@temporalio/client'
import type { Config } from '../config/config.ts'
import type { applyRetention } from '../workflows/apply-retention.ts'
import {
  auditCheckId,
  auditHeadsId,
  reconcileTopicId,
  retentionId,
  upkeepTaskQueue,
} from '../workflows/contract.ts'
import type { reconcileTopic } from '../workflows/reconcile-topic.ts'
import type { AuditWatch, watchAudit } from '../workflows/watch-audit.ts'

type Plan = { id: string; workflowType: string; everyMinutes: number; args: unknown[] }

/** There is work once a day; running each hour makes up for a missed run soon. */
const RETENTION_EVERY_MINUTES = 60
/** What is cut off from the end of the audit within it, nobody can tell. */
const HEADS_EVERY_MINUTES = 1

/**
 * Creates or updates the schedules of reconciliation, retention and audit as configured, or deletes those that are
 * turned off. Whoever does upkeep does this at its start. A schedule that an operator has paused stays paused.
 */
export async function putSchedules(connection: Connection, config: Config): Promise<void> {
  const { topic } = config.kafka
  const queue = upkeepTaskQueue(config.temporal.taskQueue)
  await putSchedule(connection, config, {
    id: reconcileTopicId(topic),
    workflowType: 'reconcileTopic' satisfies (typeof reconcileTopic)['name'],
    everyMinutes: config.reconciliation.everyMinutes,
    args: [topic, queue],
  })
  await putSchedule(connection, config, {
    id: retentionId(topic),
    workflowType: 'applyRetention' satisfies (typeof applyRetention)['name'],
    everyMinutes: RETENTION_EVERY_MINUTES,
    args: [queue],
  })
  for (const [id, everyMinutes, what] of [
    [auditHeadsId(topic), HEADS_EVERY_MINUTES, 'heads'],
    [auditCheckId(topic), config.audit.checkEveryMinutes, 'chain'],
  ] as const)
    await putSchedule(connection, config, {
      id,
      workflowType: 'watchAudit' satisfies (typeof watchAudit)['name'],
      everyMinutes,
      args: [topic, what satisfies AuditWatch, queue],
    })
}

async function putSchedule(connection: Connection, config: Config, plan: Plan): Promise<void> {
  const { schedule } = new Client({ connection, namespace: config.temporal.namespace })
  const handle = schedule.getHandle(plan.id)
  const options = optionsFor(config, plan)
  try {
    if (plan.everyMinutes === 0) await handle.delete()
    else await schedule.create({ scheduleId: plan.id, ...options })
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
    await handle.update((previous) => ({ ...previous, ...options }))
  }
}

function optionsFor({ temporal }: Config, { id, workflowType, everyMinutes, args }: Plan) {
  return {
    spec: { intervals: [{ every: `${everyMinutes} minutes` }] },
    action: { type: 'startWorkflow', workflowType, workflowId: id, taskQueue: temporal.taskQueue, args },
    // A run continues where the one before ended, so there is no need to catch up on missed runs.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
  } satisfies Omit<ScheduleOptions, 'scheduleId'>
}
