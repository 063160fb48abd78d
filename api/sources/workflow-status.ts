import { QueryNotRegisteredError, WorkflowNotFoundError } from '@temporalio/client'
import { isNoAnswer, temporalProblem } from '../../config/temporal-problem.ts'
import { ingestTopicId, statusQuery } from '../../workflows/contract.ts'
import { explainNoAnswer, type TemporalAccess } from './temporal-access.ts'
import type { NoStatus, WorkflowStatus } from '../context/source-types.ts'

/** A query takes some 12 ms; without a worker nobody answers it. With the search for the reason, less than a probe waits. */
const DEADLINE_MS = 1_200
/** Most answers come at once while Temporal or its workers are away. */
const FAILURE_CACHE_MS = 3_000

/** Asks the ingestion workflow of a topic; never throws, and takes two seconds at most. */
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
  // How Temporal passes on what a worker failed with.
  if (error instanceof QueryNotRegisteredError)
    return { known: false, why: 'worker', message: `a worker cannot answer for ${topic}: ${error.message}` }
  if (!isNoAnswer(error) && !isWithoutPoller(error))
    return { known: false, why: 'temporal', message: temporalProblem(error, access.temporal) }
  const { part, message } = await explainNoAnswer(access)
  return { known: false, why: part, message }
}

export const notStarted = (topic: string) =>
  `no ingestion of ${topic} runs: start a worker, which starts it (npm run worker)`

/** google.rpc.Code.FAILED_PRECONDITION: what Temporal says once no worker has asked for work for a while. */
const FAILED_PRECONDITION = 9

const isWithoutPoller = (error: unknown): boolean =>
  error instanceof Error && (error.cause as { code?: number } | undefined)?.code === FAILED_PRECONDITION
