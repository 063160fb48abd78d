import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { ParkedBatch } from '../domain/batch/parked-batch.ts'
import type { IngestState, OperatorCommand } from '../domain/pipeline/pipeline-state.ts'
import type { ReplayOutcome } from '../domain/batch/replay.ts'

/** What clients of the ingestion workflows (api/, worker/, the Web UI) may rely on: ids, messages and their shapes. */

export const ingestTopicId = (topic: string) => `ingest/${topic}`
export const ingestPartitionId = (topic: string, partition: number) => `ingest/${topic}/${partition}`
/** Of the schedule, and the beginning of the id of each of its runs. */
export const reconcileTopicId = (topic: string) => `reconcile/${topic}`
export const retentionId = (topic: string) => `retention/${topic}`

/** Slices have a queue of their own: they hold their slots for a minute, and commands and audits must not wait for one. */
export const sliceTaskQueue = (taskQueue: string) => `${taskQueue}-slices`

/** Offsets are decimal strings: int64 does not fit a JSON number. */
export type PartitionStatus = {
  partition: number
  state: IngestState
  /** Next offset to be read as of the last slice that ended; null before the first one did. */
  nextOffset: string | null
  /** Unread offsets as of the last slice that ended; null before the first one did. */
  lag: number | null
  /** Why it is waiting or halted, or the reason an operator gave for pausing; empty while running. */
  reason: string
  /** ISO 8601, when the state was entered. */
  since: string
}

/** Of the reason that comes with a command. */
export const REASON_MAX_CHARACTERS = 500

/** `commandId` makes a retried command one row of the audit table. */
export type ControlRequest = { commandId: string; actor: string; reason: string }

export type TopicControlRequest = ControlRequest & {
  /** null: all partitions of the topic. */
  partitions: number[] | null
  /** With `resume`: lets through the flood of rejects or failures that halted a partition. */
  accept?: boolean
}

/** Partitions as they stand once the command has taken effect: stopped (with the offset) or started. */
export type ControlResult = { partitions: PartitionStatus[] }

/** Failure type (`ApplicationFailure.type`) of a command that the state does not allow. */
export const COMMAND_REFUSED = 'CommandRefused'

// Updates and not signals: the caller learns that the partitions have really stopped or started, or why not.
export const pauseUpdate = defineUpdate<ControlResult, [TopicControlRequest | string | undefined]>('pause')
export const resumeUpdate = defineUpdate<ControlResult, [TopicControlRequest | string | undefined]>('resume')

/** Goes on behind offsets that are lost, which stay in the ledger as skipped (G8). */
export const acceptLossUpdate = defineUpdate<ControlResult, [TopicControlRequest | string | undefined]>(
  'acceptOffsetLoss',
)
/** Sets aside what a partition that waits or is halted cannot get over: the batch in hand, or outputs that cannot be published. */
export const parkUpdate = defineUpdate<ControlResult, [TopicControlRequest | string | undefined]>('park')
/** On `ingestTopic`: all partitions; on `ingestPartition`: the one. */
export const statusQuery = defineQuery<PartitionStatus[]>('status')

/** Parent to child and back; operators use the updates. */
export const controlSignal =
  defineSignal<[{ command: OperatorCommand; request: ControlRequest & { accept?: boolean } }]>('control')
/** Asks a partition for a report: a topic that was started anew does not know what its partitions do. */
export const askSignal = defineSignal('ask')
export const reportSignal =
  defineSignal<[{ status: PartitionStatus; commandId: string | null; refusal: string | null }]>('report')

/** One workflow per range, whoever starts it; offsets of a log that came after another one are told apart. */
export const replayBatchId = ({
  topic,
  partition,
  incarnation,
  from,
  to,
}: Omit<ParkedBatch, 'batchId' | 'error'>) =>
  `login-batch/${topic}/${partition}/${from}-${to}${incarnation === 0 ? '' : `/log-${incarnation}`}`

/** Failure type of an attempt at a parked batch that failed again; the message says why. */
export const REPLAY_FAILED = 'ReplayFailed'

/** On `replayBatch`. The caller learns what became of the batch, or why it stays parked. */
export const replayUpdate = defineUpdate<ReplayOutcome, [ControlRequest | string | undefined]>('replay')
export const skipUpdate = defineUpdate<ReplayOutcome, [ControlRequest | string | undefined]>('skip')
/** The same for many: `temporal workflow signal --query … --name replay`. */
export const replaySignal = defineSignal<[string?]>('replay')

/** What the workflow of a batch is doing. */
export type BatchState = 'replaying' | 'parked' | 'replayed' | 'skipped'

/** Search attributes of the workflows: what the Web UI's list can filter and sort by. */
export const searchAttributes = {
  RollcallTopic: 'KEYWORD',
  RollcallPartition: 'KEYWORD',
  IngestState: 'KEYWORD',
  IngestOffset: 'INT',
  IngestLag: 'INT',
  IngestError: 'KEYWORD',
  BatchState: 'KEYWORD',
  BatchReason: 'KEYWORD',
  BatchFrom: 'INT',
  // A development server has room for three numbers.
  BatchTo: 'KEYWORD',
} as const
