import type { Client } from '@temporalio/client'
import type { Interference } from '../activities/commands/audit-interferences.ts'

/** The workflows that carry out commands. Those of schedules carry out none. */
const TYPES = ['ingestTopic', 'ingestPartition', 'replayBatch', 'replayBatches', 'replayRejected']

type Execution = { workflowId: string; runId: string }

/**
 * Finds what was done to workflows and told them nothing: those of a task queue that were terminated, cancelled or reset
 * since then.
 * @param since Unix milliseconds, by Temporal's clock
 */
export async function findInterferences(
  client: Client,
  taskQueue: string,
  since: number,
): Promise<Interference[]> {
  const ours = `TaskQueue = '${taskQueue}' and WorkflowType in (${TYPES.map((type) => `'${type}'`).join()})`
  const from = `'${new Date(since).toISOString()}'`
  const ended = client.workflow.list({
    query: `${ours} and ExecutionStatus in ('Terminated', 'Canceled') and CloseTime >= ${from}`,
  })
  const found: (Interference | null)[] = []
  for await (const execution of ended) found.push(await endOf(client, execution))
  const started = client.workflow.list({ query: `${ours} and StartTime >= ${from}` })
  for await (const execution of started) found.push(await resetOf(client, execution))
  return found.filter((one) => one !== null)
}

/** Null: a Reset ended it, which the run that it began tells. */
async function endOf(client: Client, { workflowId, runId }: Execution): Promise<Interference | null> {
  const handle = client.workflow.getHandle(workflowId, runId)
  const { raw } = await handle.describe()
  if (raw.workflowExtendedInfo?.resetRunId) return null
  const { events } = await handle.fetchHistory()
  const close = events?.at(-1)
  const terminated = close?.workflowExecutionTerminatedEventAttributes
  const at = timeOf(close?.eventTime)
  if (terminated != null)
    return {
      ...{ workflowId, runId, at, how: 'terminated' },
      ...{ reason: terminated.reason ?? '', claimedBy: terminated.identity ?? null },
    }
  const asked = events?.findLast((event) => event.workflowExecutionCancelRequestedEventAttributes != null)
  const { cause, identity } = asked?.workflowExecutionCancelRequestedEventAttributes ?? {}
  return { workflowId, runId, at, how: 'cancelled', reason: cause ?? '', claimedBy: identity ?? null }
}

/** ISO 8601. */
const timeOf = (time: { seconds?: unknown } | null | undefined): string =>
  new Date(Number(time?.seconds ?? 0) * 1_000).toISOString()

/** Null: it was not reset. */
async function resetOf(client: Client, { workflowId, runId }: Execution): Promise<Interference | null> {
  const handle = client.workflow.getHandle(workflowId, runId)
  const { raw } = await handle.describe()
  const resetAt = raw.workflowExtendedInfo?.lastResetTime
  if (resetAt == null || raw.workflowExecutionInfo?.firstRunId === runId) return null
  const { events } = await handle.fetchHistory()
  const reset = events?.findLast(
    ({ workflowTaskFailedEventAttributes: failed }) => failed?.newRunId === runId,
  )
  const reason = reset?.workflowTaskFailedEventAttributes?.failure?.message ?? ''
  return { workflowId, runId, at: timeOf(resetAt), how: 'reset', reason, claimedBy: null }
}
