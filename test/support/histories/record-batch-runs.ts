import { randomUUID } from 'node:crypto'
import { WithStartWorkflowOperation, type Client } from '@temporalio/client'
import type { Config } from '../../../config/config.ts'
import { connectPostgres } from '../../../db/connection/connect.ts'
import { createKafka } from '../../../kafka/client.ts'
import {
  auditCheckId,
  auditHeadsId,
  reconcileTopicId,
  replayBatchId,
  replayUpdate,
  retentionId,
  skipUpdate,
} from '../../../workflows/contract.ts'
import {
  cancelRunUpdate,
  pauseRunUpdate,
  plannedUpdate,
  redriveProgressUpdate,
  redriveRunId,
  replayRunId,
  resumeRunUpdate,
} from '../../../workflows/run-contract.ts'
import { eventually } from '../eventually.ts'
import { everyParkedBatch } from '../../../domain/batch/selection.ts'
import { signAsApi, type SignAsApi } from './sign-as-api.ts'
import { everyReject } from '../ledger/selections.ts'

const SETTLE_MS = 60_000

/**
 * Has batches parked, replayed by a run, skipped, rejects redriven and everything reconciled.
 * @returns the ids of the workflows by the name of what they are
 */
export async function runBatches(client: Client, config: Config): Promise<[name: string, id: string][]> {
  const sql = connectPostgres(config.database, {
    applicationName: 'recorder',
    maxConnections: 1,
    statementTimeoutMs: 10_000,
    idleInTransactionTimeoutMs: 10_000,
  })
  const sign = signAsApi(sql, config)
  try {
    await sql`alter table login add constraint refuses_users check (user_id not like 'refused-%')`
    await send(config, ['refused-1', 'ann', 'refused-2', 'refused-3'])
    const [first = '', second = '', third = ''] = await eventually(async () => {
      const query = `RollcallTopic = '${config.kafka.topic}' and BatchState = 'parked'`
      const { count } = await client.workflow.count(query)
      if (count < 3) throw new Error(`${count} batches are parked`)
      const rows = await sql<{ partition: number; from: string; to: string }[]>`
        select partition, from_offset::text as from, to_offset::text as to from batch where status = 'parked' order by id`
      return rows.map((row) => replayBatchId({ topic: config.kafka.topic, incarnation: 0, ...row }))
    }, SETTLE_MS)
    const batch = (id: string) => client.workflow.getHandle(id)
    await batch(first)
      .executeUpdate(replayUpdate, { args: ['too early'] })
      .catch(() => undefined)
    const skip = { commandId: randomUUID(), actor: 'recorder', reason: 'given up' }
    await batch(second).executeUpdate(skipUpdate, {
      args: [await sign('skip', second, skip)],
      updateId: skip.commandId,
    })
    await sql`alter table login drop constraint refuses_users`
    const runId = await replayMany(client, config, sign)
    const redriveId = await redrive(client, config, sign)
    await batch(third).result()
    const { topic } = config.kafka
    const scheduled = {
      'reconcile-topic': reconcileTopicId(topic),
      'apply-retention': retentionId(topic),
      'watch-audit-heads': auditHeadsId(topic),
      'watch-audit-chain': auditCheckId(topic),
    }
    for (const id of Object.values(scheduled)) await client.schedule.getHandle(id).trigger()
    const completed: [string, string][] = []
    for (const [name, id] of Object.entries(scheduled)) completed.push([name, await completedRun(client, id)])
    return [
      ['replay-batch', first],
      ['replay-batch-skipped', second],
      ['replay-batches', runId],
      ['replay-rejected', redriveId],
      ...completed,
    ]
  } finally {
    await sql.end()
  }
}

async function send(config: Config, users: string[]): Promise<void> {
  const producer = createKafka(config.kafka, 'recorder').producer()
  await producer.connect()
  const login = { ip: '108.228.145.239', device_id: 'd', timestamp: Math.floor(Date.now() / 1000) }
  const values = [...users.map((user) => JSON.stringify({ ...login, user_id: user })), 'no login']
  await producer.send({
    topic: config.kafka.topic,
    messages: values.map((value) => ({ value, partition: 1 })),
  })
  await producer.disconnect()
}

async function replayMany(client: Client, { kafka, temporal }: Config, sign: SignAsApi): Promise<string> {
  const commandId = randomUUID()
  const workflowId = replayRunId(commandId)
  const request = {
    commandId,
    actor: 'recorder',
    reason: 'mended',
    topic: kafka.topic,
    selection: everyParkedBatch,
    dryRun: false,
  }
  const input = await sign('replay_many', workflowId, { ...request, maxPerMinute: 20 })
  await client.workflow.executeUpdateWithStart(plannedUpdate, {
    startWorkflowOperation: new WithStartWorkflowOperation('replayBatches', {
      workflowId,
      taskQueue: temporal.taskQueue,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
    }),
  })
  const run = client.workflow.getHandle(workflowId)
  await run.executeUpdate(pauseRunUpdate, { args: ['wait'] })
  await run.executeUpdate(resumeRunUpdate, { args: ['go on'] })
  await run.executeUpdate(cancelRunUpdate, { args: ['in vain at its end'] }).catch(() => undefined)
  await run.result()
  // What the cancelled run left.
  const last = { ...request, commandId: randomUUID(), maxPerMinute: 6_000 }
  await client.workflow.execute('replayBatches', {
    workflowId: replayRunId(last.commandId),
    taskQueue: temporal.taskQueue,
    args: [last],
  })
  return workflowId
}

async function redrive(client: Client, { kafka, temporal }: Config, sign: SignAsApi): Promise<string> {
  const commandId = randomUUID()
  const workflowId = redriveRunId(commandId)
  const told = { commandId, actor: 'recorder', reason: 'mended', topic: kafka.topic }
  const input = await sign('redrive', workflowId, { ...told, selection: everyReject, dryRun: false })
  await client.workflow.executeUpdateWithStart(redriveProgressUpdate, {
    startWorkflowOperation: new WithStartWorkflowOperation('replayRejected', {
      workflowId,
      taskQueue: temporal.taskQueue,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [input],
    }),
  })
  return workflowId
}

/** Id of a run that a schedule started; it begins with the schedule's. */
async function completedRun(client: Client, scheduleId: string): Promise<string> {
  return await eventually(async () => {
    const runs = client.workflow.list({ query: `WorkflowId STARTS_WITH '${scheduleId}'` })
    for await (const { workflowId, status } of runs) if (status.name === 'COMPLETED') return workflowId
    throw new Error(`no run of ${scheduleId} has ended yet`)
  }, SETTLE_MS)
}
