import { offsetsOf, type ParkedBatch } from '../domain/batch/parked-batch.ts'
import { markup } from './page/markdown.ts'
import { replayBatchId } from './contract.ts'

/** The options with which the workflow of a parked batch is started. */
export const batchStart = (batch: ParkedBatch, taskQueue: string) => ({
  workflowId: replayBatchId(batch),
  taskQueue,
  args: [batch] as [ParkedBatch],
  staticSummary: markup`Parked: ${batch.topic}/${batch.partition} ${offsetsOf(batch)}`.text,
  staticDetails: markup`${batch.error}`.text,
})
