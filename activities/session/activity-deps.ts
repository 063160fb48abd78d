import type { Sql } from '../../db/connection/connect.ts'
import type { CommandActor } from '../../domain/access/command-proof.ts'
import type { ParkedBatch } from '../../domain/batch/parked-batch.ts'
import type { BatchResult, ReplayRequest } from '../../domain/batch/replay.ts'
import type { TopicOffsets } from '../../kafka/topics/topic-offsets.ts'
import type { RecordDeps } from '../commands/record-command.ts'
import type { WorkerDeps } from './worker-deps.ts'

/** What the activities of a worker are made of. */
export type ActivityDeps = WorkerDeps & {
  /** The primary, for small reads and writes. */
  sql: Sql
  topicOffsets: TopicOffsets
  /** Audits what was done to workflows past their commands, since the last time. */
  auditInterferences: () => Promise<void>
  /** Who sent commands, and what the audit has of them. */
  authors: RecordDeps
  /**
   * Asks the workflow of a parked batch for a replay, signed for its actor, and waits for the result. Starts the
   * workflow if it is gone.
   */
  requestReplay: (request: Omit<ReplayRequest, 'author'> & { actor: CommandActor }) => Promise<BatchResult>
  /** Starts the workflows of those parked batches whose workflow does not run, even if it ran before. */
  restartBatchWorkflows: (readParked: () => Promise<ParkedBatch[]>) => Promise<void>
  /** Number of slices that run in this process. */
  slicesRunning: () => number
  /** Whether Temporal tells this process of cancellations without being asked by a heartbeat. */
  isToldOfCancellations: boolean
}
