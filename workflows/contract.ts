import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { SignedArgument } from '../domain/access/command-author.ts'
import type { CommandProof } from '../domain/access/command-proof.ts'
import type { ParkedBatch } from '../domain/batch/parked-batch.ts'
import type { IngestState, OperatorCommand } from '../domain/pipeline/pipeline-state.ts'
import type { ReplayOutcome } from '../domain/batch/replay.ts'

/** What clients of the workflows (api/, worker/, the Web UI) may rely on: ids, messages and their types. */

export const ingestTopicId = (topic: string) => `ingest/${topic}`
export const ingestPartitionId = (topic: string, partition: number) => `ingest/${topic}/${partition}`
/** Id of the schedule; the ids of its runs begin with it. */
export const reconcileTopicId = (topic: string) => `reconcile/${topic}`
/** Of the schedules that publish heads of the audit chain, and that check all of it. */
export const auditHeadsId = (topic: string) => `audit-heads/${topic}`
export const auditCheckId = (topic: string) => `audit-check/${topic}`
export const retentionId = (topic: string) => `retention/${topic}`

/**
 * Slices have a queue of their own: they hold their slots for a minute, and commands and audits must not wait
 * for a slot.
 */
export const sliceTaskQueue = (taskQueue: string) => `${taskQueue}-slices`
/** Activities of schedules have one, which workers that do no upkeep leave alone. */
export const upkeepTaskQueue = (taskQueue: string) => `${taskQueue}-upkeep`

/** Offsets are decimal strings, because a JSON number cannot hold every int64. */
export type PartitionStatus = {
  partition: number
  state: IngestState
  /** Next offset to read, as of the last slice that ended; null before the first one ended. */
  nextOffset: string | null
  /** Number of unread offsets, as of the last slice that ended; null before the first one ended. */
  lag: number | null
  /**
   * Why the partition waits or is halted, or the reason an operator gave for pausing it; empty while running.
   */
  reason: string
  /** When the state was entered, ISO 8601. */
  since: string
}

/** Longest reason of a command. */
export const REASON_MAX_CHARACTERS = 500

/**
 * `commandId` identifies the command, so that a retried one has one row in the audit. `proof` says who sent it; without
 * one, `actor` and `commandId` are no more than what the sender claims.
 */
export type ControlRequest = { commandId: string; actor: string; reason: string; proof?: CommandProof }

export type TopicControlRequest = ControlRequest & {
  /** Null for all partitions of the topic. */
  partitions: number[] | null
  /** For `resume`: lets through the rejects or failures that halted a partition as a flood. */
  accept?: boolean
}

/** The status of the partitions after the command has taken effect. */
export type ControlResult = { partitions: PartitionStatus[] }

/** Failure type (`ApplicationFailure.type`) of a command that the state does not allow. */
export const COMMAND_REFUSED = 'CommandRefused'

// These are Updates and not Signals, so that the caller learns that the partitions have stopped or started,
// or why not.
export const pauseUpdate = defineUpdate<ControlResult, [TopicControlRequest | string | undefined]>('pause')
export const resumeUpdate = defineUpdate<ControlResult, [TopicControlRequest | string | undefined]>('resume')

/** Continues behind lost offsets, which stay in the ledger as skipped (G8). */
export const acceptLossUpdate = defineUpdate<ControlResult, [TopicControlRequest | string | undefined]>(
  'acceptOffsetLoss',
)
/**
 * Moves a partition past what stops it: parks the batch in hand, or withholds outputs that cannot be
 * published.
 */
export const parkUpdate = defineUpdate<ControlResult, [TopicControlRequest | string | undefined]>('park')
/** `ingestTopic` answers with all partitions, `ingestPartition` with its own. */
export const statusQuery = defineQuery<PartitionStatus[]>('status')

/** A command as `ingestTopic` forwards it to its partitions. */
export type ForwardedCommand = {
  command: OperatorCommand
  request: { commandId: string; reason: string; accept?: boolean }
  /** As the topic got it, if it is signed: whoever could send this Signal could claim to be anyone. */
  signed?: SignedArgument
}

/** From `ingestTopic` to `ingestPartition`; operators use the Updates. */
export const controlSignal = defineSignal<[ForwardedCommand]>('control')
/**
 * Asks a partition for a report, because a topic that was started anew does not know the status of its
 * partitions.
 */
export const askSignal = defineSignal('ask')
/** A partition's report of its status; with `commandId`, also its answer to that command. */
export type PartitionReport = {
  status: PartitionStatus
  commandId: string | null
  refusal: string | null
  /** What it answers to. The topic audits what it did not forward. */
  forwarded?: ForwardedCommand
}

/** From `ingestPartition` to `ingestTopic`. */
export const reportSignal = defineSignal<[PartitionReport]>('report')

/** One workflow per range of offsets and per log: the same offsets may come again in a re-created topic. */
export const replayBatchId = ({
  topic,
  partition,
  incarnation,
  from,
  to,
}: Omit<ParkedBatch, 'batchId' | 'error'>) =>
  `login-batch/${topic}/${partition}/${from}-${to}${incarnation === 0 ? '' : `/log-${incarnation}`}`

/** Failure type (`ApplicationFailure.type`) of a replay that failed again; the message says why. */
export const REPLAY_FAILED = 'ReplayFailed'

/** Update of `replayBatch`. The caller learns what became of the batch, or why it stays parked. */
export const replayUpdate = defineUpdate<ReplayOutcome, [ControlRequest | string | undefined]>('replay')
export const skipUpdate = defineUpdate<ReplayOutcome, [ControlRequest | string | undefined]>('skip')
/** Replays many batches at once: `temporal workflow signal --query … --name replay`. */
export const replaySignal = defineSignal<[string?]>('replay')

/** State of the workflow of a batch. */
export type BatchState = 'replaying' | 'parked' | 'replayed' | 'skipped'

/** Search attributes of the workflows, by which the list of the Web UI can filter and sort. */
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
  // A keyword, because a development server allows only three numbers.
  BatchTo: 'KEYWORD',
} as const
