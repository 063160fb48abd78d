import { QueryNotRegisteredError, WorkflowNotFoundError } from '@temporalio/client'
import { findTemporalProblem } from '../../temporal/find-temporal-problem.ts'
import { isNoAnswer } from '../../temporal/temporal-problem.ts'
import { ingestTopicId, statusQuery } from '../../workflows/contract.ts'
import { explainNoAnswer, type TemporalAccess } from './temporal-access.ts'
import type { NoStatus, WorkflowStatus } from '../context/source-types.ts'

/**
 * How long a query may take. It takes some 12 ms; without a worker nobody answers. Together with the search
 * for the cause this is less than a probe waits (probes/probes.ts).
 */
const DEADLINE_MS = 1_200
/** How long a failure is kept: while Temporal or its workers are away, most answers do not wait for them. */
const FAILURE_CACHE_MS = 3_000

/**
 * Asks the ingestion workflow of a topic for its status. The result never throws, and takes two seconds at
 * most.
 */
export function createWorkflowStatus(access: TemporalAccess): (topic: string) => Promise<WorkflowStatus> {
  const { client } = access
  let lastFailure: { topic: string; status: NoStatus; untilMs: number } | null = null
  return async (topic) => {
    if (lastFailure?.topic === topic && Date.now() < lastFailure.untilMs) return lastFailure.status
    try {
      const handle = client.workflow.getHandle(ingestTopicId(topic))
      const partitions = await client.withDeadline(Date.now() + DEADLINE_MS, () => handle.query(statusQuery))
      return { known: true, partitions }
    } catch (error) {
      const status = await noStatus(access, topic, error)
      lastFailure = { topic, status, untilMs: Date.now() + FAILURE_CACHE_MS }
      return status
    }
  }
}

async function noStatus(access: TemporalAccess, topic: string, error: unknown): Promise<NoStatus> {
  if (error instanceof WorkflowNotFoundError)
    return { known: false, why: 'not_started', message: notStarted(topic) }
  // Temporal passes on any failure of a worker as this error.
  if (error instanceof QueryNotRegisteredError)
    return { known: false, why: 'worker', message: `the worker cannot answer for ${topic}: ${error.message}` }
  if (!isNoAnswer(error) && !isWithoutPoller(error))
    return { known: false, why: 'temporal', message: await findTemporalProblem(error, access.temporal) }
  const { part, message } = await explainNoAnswer(access)
  return { known: false, why: part, message }
}

/** The message that Temporal has no ingestion workflow of a topic. */
export const notStarted = (topic: string) =>
  `no ingestion of ${topic} runs: start a worker for this topic, which starts it (npm run worker)`

/**
 * google.rpc.Code.FAILED_PRECONDITION: Temporal answers this once no worker has asked for work for a while.
 */
const FAILED_PRECONDITION = 9

const isWithoutPoller = (error: unknown): boolean =>
  error instanceof Error && (error.cause as { code?: number } | undefined)?.code === FAILED_PRECONDITION
