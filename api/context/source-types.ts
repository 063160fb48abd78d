import type { AuditVerification } from '../../domain/audit/verification.ts'
import type { PartitionStatus } from '../../workflows/contract.ts'
import type { PartitionLog } from '../../domain/pipeline/partition-log.ts'
import type { Drain, Pace } from '../../domain/pipeline/pace.ts'
import type { RetentionEnd } from '../../domain/pipeline/unread-retention.ts'
import type { PartitionProgress } from '../../db/read/ledger/progress.ts'
import type { ReadToken } from '../../db/nodes/read-token.ts'
import type { BatchEvent, BatchOrigin, Offsets } from '../../db/read/ledger/batch-events.ts'
import type { AnswerPosition } from '../../domain/pipeline/answer-position.ts'
import type { RedriveRunStatus, ReplayRunStatus } from '../../workflows/run-contract.ts'
import type { Certificate } from '../../tls/read-certificate.ts'
import type { Awaited } from './read-requirement.ts'

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

export type DependencyKind =
  | 'kafka'
  | 'postgres_primary'
  | 'postgres_replica'
  | 'temporal'
  | 'workers'
  | 'upkeep'
  | 'identity_provider'
  | 'directory'

/** Something that Rollcall needs, as an API finds it. */
export type Dependency = {
  kind: DependencyKind
  /** Where it is, as the settings say; '' where there is no such place. */
  address: string
  isUp: boolean
  /** Null: it does not answer, or has no answer to wait for. */
  latencyMs: number | null
  /** What is wrong, in words; '': nothing. */
  message: string
  /** Of a replica: by how much it is behind at most. Null: not known, or no replica. */
  delayMs: number | null
  /** Null: there is no wire. */
  isEncrypted: boolean | null
  /** Null: plaintext, or none was shown. */
  certificate: Certificate | null
}

/** What is known of a partition whose unread offsets can be counted. */
export type BehindPartition = {
  partition: number
  log: PartitionLog
  /** Null: it was never read. */
  progress: PartitionProgress | null
  unread: bigint
  /** Whether offsets are gone that were not read. */
  isExpired: boolean
  /** Whether nothing of it is read, because it is paused or halted: what was read a moment ago does not count then. */
  isStopped: boolean
}

/** What becomes of what a partition has not read. */
export type Outlook = {
  /** Null: not known yet. */
  pace: Pace | null
  drain: Drain
  /** Timestamp of the oldest unread record, or the latest one before it, Unix milliseconds; null: not known, or nothing is unread. */
  oldestUnreadMs: number | null
  /** When retention takes it; null: nothing is unread. */
  retention: RetentionEnd | null
}

/**
 * Tells what becomes of partitions of the topic that is counted, by their numbers.
 * @param nowMs Unix milliseconds
 */
export type ReadOutlooks = (
  partitions: readonly BehindPartition[],
  nowMs: number,
) => Promise<Map<number, Outlook>>

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

/**
 * Checks a part of the chain of the audit: at most `limit` events after a number.
 * @throws {PartUnavailableError | ReadFailure}
 */
export type VerifyAudit = (part: { after: number; limit: number }) => Promise<AuditVerification>

/** The status of replay and redrive runs, by the id of the command that started them. */
export type Runs = {
  /** @throws {NotFoundError | PartUnavailableError} */
  replayRun(commandId: string): Promise<ReplayRunStatus>
  /** @throws {NotFoundError | PartUnavailableError} */
  redriveRun(commandId: string): Promise<RedriveRunStatus>
}

/** What had been counted when a request had waited for it. */
export type Counted = {
  /** What counts included. */
  position: AnswerPosition
  /** Null: sets were not waited for. */
  inSets: CountedInSets | null
}

/** What sets must include. */
export type CountedInSets = {
  /** All that was written up to this, in microseconds since 1970 by the clock of Postgres. */
  writtenAt: bigint
  /** Nodes that show this do. */
  shown: ReadToken
}

/** Waits for records, on behalf of all requests. */
export type AwaitCounted = {
  /**
   * Waits until answers include what a request names.
   * @param areSetsRead whether the sets of users, devices and addresses must include it, too, which follow the counts
   * @param client aborts when nobody waits for the answer any more
   * @throws {GraphQLError} NOT_YET_COUNTED, NEVER_COUNTED, NOT_FOUND, or DATABASE_BUSY
   * @throws {ReadFailure} no database node could be asked
   */
  until: (awaited: Awaited & { areSetsRead: boolean }, client: AbortSignal) => Promise<Counted>
  /** Ends all waits, as if their time had passed. */
  stop: () => void
}
