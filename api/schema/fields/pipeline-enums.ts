import type { CountSize } from '../../../domain/counts/counts.ts'
import type { RevisionRow } from '../../../db/read/ledger/batches.ts'
import type { BatchStatus } from '../../../domain/pipeline/batch-status.ts'
import type { ControlResultName } from '../../../db/read/ledger/control-events.ts'
import type { ReadSource } from '../../../db/nodes/snapshot.ts'
import type { Fate } from '../../../domain/pipeline/offset-fate.ts'
import type { RejectReason } from '../../../domain/login/login.ts'
import type { IngestState } from '../../../domain/pipeline/pipeline-state.ts'
import type { DiscrepancyKind } from '../../../domain/pipeline/reconciliation.ts'
import type { BatchResult, ReplayOutcome } from '../../../domain/batch/replay.ts'
import type { RunState } from '../../../workflows/run-contract.ts'
import type { EventSource } from '../../pipeline/batch-events.ts'
import { builder } from '../builder.ts'
import type { Severity } from '../../pipeline/next-steps.ts'
import type { ProblemKind, Component } from '../../pipeline/problems.ts'
import { capitals } from './enum-values.ts'

export const DatabaseRoleEnum = builder.enumType('DatabaseRole', {
  description: 'Kind of database node that served an answer.',
  values: capitals<ReadSource>({
    replica: 'A streaming replica; replicaLagMs says how far it may be behind.',
    primary: 'The primary: no replica is configured, or none answered and was fresh enough.',
  }),
})

export const BatchStatusEnum = builder.enumType('BatchStatus', {
  description: 'What became of a batch.',
  values: capitals<BatchStatus>({
    committed: 'Counted when it was read.',
    parked: 'Failed for a reason of its own and waits for an operator; its offsets are not counted.',
    replayed: 'Was parked and has been counted since.',
    skipped:
      'Given up by an operator, after it was parked or because Kafka had lost its offsets; not counted.',
  }),
})

export const BatchCommandOutcomeEnum = builder.enumType('BatchCommandOutcome', {
  description: 'What became of a parked batch, by a command or before it.',
  values: capitals<ReplayOutcome['outcome']>({
    replayed: 'This command counted and published it.',
    published: 'It was counted before; this command published its outputs, which were withheld.',
    already_applied: 'It was counted already; nothing changed.',
    skipped: 'It is given up: its offsets are not counted, or its withheld outputs are not published.',
  }),
})

export const BatchReplayOutcomeEnum = builder.enumType('BatchReplayOutcome', {
  description: 'What became of a batch of a replay run.',
  values: capitals<BatchResult['outcome']>({
    replayed: 'The run counted and published it.',
    published: 'It was counted before; the run published its outputs, which were withheld.',
    already_applied: 'The batch was already counted when the run reached it; nothing changed.',
    skipped: 'It is given up; its offsets are not counted.',
    failed: 'It failed again and stays parked.',
  }),
})

export const RunStateEnum = builder.enumType('RunState', {
  description: 'What a run of many is doing.',
  values: capitals<RunState>({
    planning: 'Finds out what it is going to do.',
    running: 'Works through its batches.',
    paused: 'Stopped by an operator after the batch in hand; resumeReplayRun goes on.',
    cancelled: 'Ended by an operator; what it did not reach stays as it was.',
    done: 'Came to its end.',
  }),
})

export const RevisionKindEnum = builder.enumType('RevisionKind', {
  description: 'What changed a batch after it was written first.',
  values: capitals<RevisionRow['kind']>({
    replay: 'It was parked, and counted then.',
    redrive: 'Rejects of it were decoded again and became attempts.',
    publish: 'Its outputs were withheld, and published then; nothing was counted.',
  }),
})

export const RejectReasonEnum = builder.enumType('RejectReason', {
  description:
    'Why a record could not be read as an attempt. Closed list; the first reason that applies counts.',
  values: capitals<RejectReason>({
    empty: 'A tombstone, or a value without bytes.',
    too_large: 'More bytes than LOGIN_MAX_BYTES, or an enriched copy that the output topic does not take.',
    not_utf8: 'Bytes that are no UTF-8.',
    avro_or_protobuf: 'The prefix of a schema registry, and no JSON behind it.',
    not_json: 'Text that is no JSON.',
    not_an_object: 'JSON that is no object.',
    nested_too_deep: 'An object with more levels than an attempt can need.',
    user_id_missing: 'No user_id.',
    user_id_invalid: 'A user_id that is no text, blank or too long.',
    device_id_missing: 'No device_id.',
    device_id_invalid: 'A device_id that is no text, blank or too long.',
    ip_missing: 'No ip.',
    ip_invalid: 'An ip that is no IPv4 or IPv6 address.',
    timestamp_missing: 'No timestamp.',
    timestamp_invalid: 'A timestamp that is no number, and no RFC 3339 text with an offset.',
    timestamp_not_positive: 'A timestamp of zero or less.',
    timestamp_in_future: 'A timestamp more than an hour after the moment of reading.',
    timestamp_too_old: 'A timestamp longer ago than EVENT_MAX_AGE_DAYS.',
  }),
})

export const IngestionStateEnum = builder.enumType('IngestionState', {
  description: 'What the ingestion of a partition is doing.',
  values: capitals<IngestState>({
    running: 'Reads and counts.',
    waiting: 'A part it needs is away; goes on by itself.',
    paused: 'Stopped by an operator; resumeIngestion starts it.',
    halted:
      'Stopped itself because going on would lose or miscount attempts; `reason` says why. Mend the cause and send ' +
      'resumeIngestion, or send acceptOffsetLoss or parkBatch.',
    retired: 'Its topic was re-created without it, and acceptOffsetLoss ended it.',
  }),
})

export const ComponentEnum = builder.enumType('Component', {
  description: 'A part that Rollcall is made of.',
  values: capitals<Component>({
    kafka: 'The broker: end offsets and lag come from it.',
    postgres: 'The database: checkpoints, watermarks and batches come from it.',
    temporal: 'The workflow engine, which passes on what the workflows say: states and reasons.',
    worker: 'A worker process (npm run worker): it reads and counts, and states and reasons come from it.',
    rollcall: 'Rollcall itself: its partitions and batches.',
    identity_provider: 'An OpenID provider, which says who somebody is.',
    directory: 'A directory (LDAP), in which people sign in.',
  }),
})

export const SeverityEnum = builder.enumType('Severity', {
  description: 'How urgent a problem is.',
  values: capitals<Severity>({
    warn: 'It can wait for the morning.',
    page: 'It wakes whoever is on call: logins are not counted, or are about to be lost, or numbers are wrong.',
  }),
})

export const ProblemKindEnum = builder.enumType('ProblemKind', {
  description: 'What is not as it should be.',
  values: capitals<ProblemKind>({
    component_unavailable: 'A part does not answer; fields that come from it may be null.',
    no_worker: 'No worker answers; states and reasons are not known.',
    no_upkeep: 'No process does upkeep; answers about users fall behind, and nothing is reconciled.',
    not_started: 'Temporal has no ingestion of the topic; a worker starts it.',
    halted: 'Partitions stopped themselves; an operator must decide.',
    waiting: 'Partitions wait for a part, and go on by themselves.',
    paused: 'Partitions were paused by an operator.',
    parked_batches: 'Batches failed and are not counted; they wait for an operator.',
    withheld_outputs: 'Batches are counted and not published; they wait for an operator.',
    retention_near: "Kafka's retention takes unread records before they are read at the present rate.",
    rollups_behind: 'Upkeep is behind: answers about users lag, and those about counts take longer.',
    replica_behind: 'A replica of Postgres does not answer or is far behind; other nodes answer for it.',
    discrepancies: 'Reconciliations found tables that differ.',
    reconciliation_overdue: 'The schedule has not reconciled for an hour.',
    audit_chain_broken: 'The chain of the audit does not hold.',
    certificate_expires: 'The certificate of a dependency expires soon, or has.',
  }),
})

export const ControlResultEnum = builder.enumType('ControlResult', {
  description: 'How a command ended.',
  values: capitals<ControlResultName>({
    done: 'It took effect.',
    refused: 'The state did not allow it, or an argument was unusable; nothing changed.',
    failed: 'The command did not finish; detail says why, and whether it may still take effect.',
  }),
})

export const DiscrepancyKindEnum = builder.enumType('DiscrepancyKind', {
  description: 'Which two tables should say the same and do not.',
  values: {
    ...capitals<
      Exclude<DiscrepancyKind, 'batch_logins' | 'batch_login_rows' | 'checkpoint_logins' | 'quarter_count'>
    >({
      ledger_hole: 'Offsets between two batches of the ledger that are in neither.',
      ledger_overlap: 'Offsets that are in two batches of the ledger.',
      batch_offsets: 'Offsets of a batch against its attempts, rejects and gaps.',
      batch_rejects: 'Rejects of a batch against the rejected records that are kept.',
      minute_count: 'Deltas of all batches in a minute against its count.',
      hour_count: 'Minutes of an hour, or its quarters, against its count.',
      month_count: 'Hours of a month (UTC) against its count.',
      grouped_count: 'Counts by all dimensions against a count by fewer of them.',
      known_value:
        'Attempts of a day with an app version or a locale against the values that filters know: 0 of them are found.',
      checkpoint_offset: 'End of the ledger against the offset of the checkpoint.',
      checkpoint_rejects: 'Rejects of all batches of a partition against those of its checkpoint.',
      audit_chain:
        'Events of the audit against the hashes before them and the published heads (auditVerification).',
    }),
    QUARTER_HOUR_COUNT: {
      value: 'quarter_count',
      description:
        'Deltas of all batches in a quarter of an hour against its count, where minutes are kept no longer.',
    },
    BATCH_ATTEMPTS: {
      value: 'batch_logins',
      description: 'Attempts of a batch against the sum of its deltas.',
    },
    BATCH_ATTEMPT_ROWS: {
      value: 'batch_login_rows',
      description: 'Rows of attempts that a batch wrote against those that are there.',
    },
    CHECKPOINT_ATTEMPTS: {
      value: 'checkpoint_logins',
      description: 'Attempts of all batches of a partition against those of its checkpoint.',
    },
  } as const,
})

export const EventSourceEnum = builder.enumType('EventSource', {
  description: 'Where events were read.',
  values: capitals<EventSource>({
    rows: 'From their rows in the database.',
    kafka: 'From Kafka: the records were decided again, by the rules of the first time.',
  }),
})

export const FateEnum = builder.enumType('Fate', {
  description: 'What became of an offset.',
  values: {
    ...capitals<Exclude<Fate, 'login' | 'login_or_gap'>>({
      before_first_read: 'Before the offset that reading began at.',
      unread:
        'Not read yet; beyond logEnd, not even written yet. In a log that another one has replaced: never read.',
      reject: 'A record that could not be read as an attempt.',
      gap: 'No record: a transaction marker, an aborted or a compacted record.',
      parked: 'In a batch that failed and waits for an operator; not counted.',
      skipped: 'Given up by an operator, or lost before it was read; not counted.',
      unaccounted: 'Below the checkpoint, yet in no batch: the ledger has a hole (see reconciliation).',
    }),
    ATTEMPT: { value: 'login', description: 'Counted as an attempt.' },
    ATTEMPT_OR_GAP: {
      value: 'login_or_gap',
      description:
        'An attempt or an offset without a record: neither its row nor its record is there any more to tell which.',
    },
  } as const,
})

export const CountBucketEnum = builder.enumType('CountBucket', {
  description: 'Length of the buckets that counts are kept of, by UTC.',
  values: {
    ...capitals<Exclude<CountSize, 'quarter'>>({
      minute: 'A minute; for MINUTE_RETENTION_DAYS.',
      hour: 'An hour.',
      month: 'A month that is over.',
    }),
    QUARTER_HOUR: { value: 'quarter', description: 'A quarter of an hour, of the days before.' },
  } as const,
})
