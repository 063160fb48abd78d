import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { ingestTopicId, type PartitionStatus, statusQuery } from '../workflows/contract.ts'

/** What the topic's workflow says of its partitions, or why nothing is known. `missing`: no ingestion was ever started. */
export type WorkflowStatus =
  { known: true; partitions: PartitionStatus[] } | { known: false; isMissing: boolean; message: string }

/** A query takes some 12 ms; without a worker nobody answers it. */
const DEADLINE_MS = 2_000
/** Most answers come at once while Temporal or its workers are away. */
const FAILURE_CACHE_MS = 3_000

/** Asks the ingestion workflow of a topic; never throws. */
export function createWorkflowStatus(client: Client): (topic: string) => Promise<WorkflowStatus> {
  let lastFailure: { topic: string; status: WorkflowStatus; untilMs: number } | null = null
  return async (topic) => {
    if (lastFailure?.topic === topic && Date.now() < lastFailure.untilMs) return lastFailure.status
    try {
      const handle = client.workflow.getHandle(ingestTopicId(topic))
      const partitions = await client.withDeadline(Date.now() + DEADLINE_MS, () => handle.query(statusQuery))
      return { known: true, partitions }
    } catch (error) {
      const status = notKnown(topic, error)
      lastFailure = { topic, status, untilMs: Date.now() + FAILURE_CACHE_MS }
      return status
    }
  }
}

function notKnown(topic: string, error: unknown): WorkflowStatus {
  if (error instanceof WorkflowNotFoundError) {
    return { known: false, isMissing: true, message: `no ingestion of ${topic} was started` }
  }
  return { known: false, isMissing: false, message: `the workflow did not answer: ${causeOf(error)}` }
}

const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
