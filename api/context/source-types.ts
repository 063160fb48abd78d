import type { PartitionStatus } from '../../workflows/contract.ts'
import type { PartitionLog } from '../../domain/pipeline/partition-log.ts'
import type { BatchEvent, BatchOrigin, Offsets } from '../../db/read/ledger/batch-events.ts'
import type { RedriveRunStatus, ReplayRunStatus } from '../../workflows/run-contract.ts'

/** Why nothing is known of an ingestion: Temporal has no workflow for it, or a part does not answer. */
export type NoStatus = { known: false; why: 'not_started' | 'temporal' | 'worker'; message: string }

/** The states of the partitions, as the workflow of the topic reports them. */
export type WorkflowStatus = { known: true; partitions: PartitionStatus[] } | NoStatus

/** The logs of a topic's partitions, or why they are not known. */
export type KafkaBounds = { ok: true; bounds: PartitionLog[] } | { ok: false; message: string }

/**
 * @param sinceMs the answer must have been asked for after this, milliseconds of performance.now(). By
 *   default an answer that is a second old will do. A failure is kept for some seconds in any case.
 */
export type ReadKafkaBounds = (topic: string, sinceMs?: number) => Promise<KafkaBounds>

/**
 * Reads events of a batch from Kafka and decodes them as they were decoded then. `next` is the first offset
 * not read.
 */
export type ReadBack = (
  batchId: bigint,
  origin: BatchOrigin,
  offsets: Offsets,
  limit: number,
) => Promise<{ events: BatchEvent[]; next: bigint }>

/** The status of replay and redrive runs, by the id of the command that started them. */
export type Runs = {
  /** @throws {ExpectedError} NotFoundError, NoWorkerError, TemporalUnavailableError */
  replayRun(commandId: string): Promise<ReplayRunStatus>
  /** @throws {ExpectedError} as replayRun does */
  redriveRun(commandId: string): Promise<RedriveRunStatus>
}
