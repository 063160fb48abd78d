import type { PartitionStatus } from '../../workflows/contract.ts'
import type { PartitionLog } from '../../domain/pipeline/partition-log.ts'
import type { BatchEvent, BatchOrigin, Offsets } from '../../db/read/ledger/batch-events.ts'
import type { RedriveRunStatus, ReplayRunStatus } from '../../workflows/run-contract.ts'
/** Why nothing is known: the ingestion was never started, or the part that does not answer. */
export type NoStatus = { known: false; why: 'not_started' | 'temporal' | 'worker'; message: string }

/** What the topic's workflow says of its partitions. */
export type WorkflowStatus = { known: true; partitions: PartitionStatus[] } | NoStatus

/** The logs of a topic's partitions, or why Kafka could not be asked. */
export type KafkaBounds = { ok: true; bounds: PartitionLog[] } | { ok: false; message: string }

/** @param sinceMs asked no earlier than this, milliseconds of performance.now(); left out: a second may be in between */
export type ReadKafkaBounds = (topic: string, sinceMs?: number) => Promise<KafkaBounds>

/** The events of a range of a batch, decided again from what Kafka holds; `next` is the first offset not looked at. */
export type ReadBack = (
  batchId: bigint,
  origin: BatchOrigin,
  offsets: Offsets,
  limit: number,
) => Promise<{ events: BatchEvent[]; next: bigint }>

/** What runs of many say of themselves, by the command that started them. */
export type Runs = {
  /** @throws {ExpectedError} NotFoundError, NoWorkerError, TemporalUnavailableError */
  replayRun(commandId: string): Promise<ReplayRunStatus>
  /** @throws as replayRun */
  redriveRun(commandId: string): Promise<RedriveRunStatus>
}
