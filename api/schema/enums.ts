import type { BatchStatus, RevisionRow } from '../../db/read/batches.ts'
import type { ControlResultName } from '../../db/read/control-events.ts'
import type { CohortDimension } from '../../db/read/cohorts.ts'
import type { ReadSource } from '../../db/read/snapshot.ts'
import type { DelayClass, LatenessClass } from '../../domain/arrival.ts'
import type { CalendarBucket } from '../../domain/calendar.ts'
import type { BucketSize } from '../../domain/counts.ts'
import type { GroupName } from '../../domain/series.ts'
import type { UsRegion } from '../../domain/us-region.ts'
import type { Fate } from '../../domain/offset-fate.ts'
import type { DeviceType, Outcome, RejectReason } from '../../domain/login.ts'
import type { IngestState } from '../../domain/pipeline-state.ts'
import type { Period } from '../../domain/period.ts'
import type { Part } from '../../domain/failure.ts'
import type { DifferenceKind } from '../../domain/reconciliation.ts'
import type { BatchResult, ReplayOutcome } from '../../domain/replay.ts'
import type { RunState } from '../../workflows/run-contract.ts'
import type { EventSource } from '../batch-events.ts'
import type { UniquesSource } from '../uniques.ts'
import { builder } from '../builder.ts'

/** Description of every value of `V`, by its name in the domain; in GraphQL it is in capitals. */
const capitals = <V extends string>(descriptions: Record<V, string>) =>
  Object.fromEntries(
    Object.entries<string>(descriptions).map(([value, description]) => [
      value.toUpperCase(),
      { value, description },
    ]),
  ) as Record<Uppercase<V>, { value: V; description: string }>

export const BucketEnum = builder.enumType('Bucket', {
  description: 'Length of a time bucket, by the clock and calendar of a time zone.',
  values: capitals<CalendarBucket>({
    minute: 'A minute, the finest that counts are kept in; for MINUTE_RETENTION_DAYS.',
    hour: 'An hour; one that the clock repeats is two.',
    day: 'From midnight to midnight; 23 or 25 hours where the clock changes.',
    week: 'From Monday to Sunday (ISO 8601).',
    month: 'A calendar month.',
  }),
})

export const ArrivalBucketEnum = builder.enumType('ArrivalBucket', {
  description: 'Length of a time bucket of arrivals, by the clock and calendar of a time zone.',
  values: capitals<Exclude<CalendarBucket, 'minute'>>({
    hour: 'An hour; one that the clock repeats is two.',
    day: 'From midnight to midnight; 23 or 25 hours where the clock changes.',
    week: 'From Monday to Sunday (ISO 8601).',
    month: 'A calendar month.',
  }),
})

export const LatenessClassEnum = builder.enumType('LatenessClass', {
  description: 'How long after its event a login reached Kafka; events are of whole seconds.',
  values: capitals<LatenessClass>({
    ahead: 'Before its event: the clock of the device, or of the broker, is wrong.',
    within_10_seconds: 'From 0 to 10 seconds.',
    within_1_minute: 'More than 10 seconds, up to a minute.',
    within_10_minutes: 'More than a minute, up to 10.',
    within_1_hour: 'More than 10 minutes, up to an hour.',
    within_1_day: 'More than an hour, up to 24.',
    later: 'More than 24 hours.',
  }),
})

export const DelayClassEnum = builder.enumType('DelayClass', {
  description: 'How long after it reached Kafka a login was counted.',
  values: capitals<DelayClass>({
    within_100_ms: 'Up to 100 milliseconds.',
    within_250_ms: 'More, up to 250 milliseconds.',
    within_500_ms: 'More, up to 500 milliseconds.',
    within_1_second: 'More, up to a second.',
    within_2_seconds: 'More, up to 2 seconds.',
    within_5_seconds: 'More, up to 5 seconds.',
    within_10_seconds: 'More, up to 10 seconds.',
    within_1_minute: 'More, up to a minute.',
    within_10_minutes: 'More, up to 10 minutes.',
    within_1_hour: 'More, up to an hour.',
    later: 'More than an hour: an outage, a backlog, a replay.',
  }),
})

export const UtcBucketEnum = builder.enumType('UtcBucket', {
  description: 'Length of a time bucket of UTC.',
  values: capitals<BucketSize>({
    minute: '60 seconds, the finest that counts are kept in.',
    hour: '60 minutes from a whole hour of UTC.',
    day: '24 hours from midnight UTC.',
  }),
})

export const DimensionEnum = builder.enumType('Dimension', {
  description: 'What logins are counted by.',
  values: capitals<GroupName>({
    device_type: 'Device type: android, iOS or unknown.',
    app_version: 'Version of the app, as the login said it; unknown when it said none.',
    locale: 'Locale, two-letter codes in capitals; unknown when the login said none.',
    us_region:
      'Region of the US (Census Bureau) that the locale is in, read as a state; other when it is none.',
    outcome: 'Whether the login succeeded: success, failure, or unknown when the login did not say.',
  }),
})

export const PeriodEnum = builder.enumType('Period', {
  description: 'Calendar period of UTC.',
  values: capitals<Period>({
    day: '24 hours from midnight UTC.',
    week: 'Seven days from Monday (ISO 8601).',
    month: 'A month of the calendar.',
  }),
})

export const CohortByEnum = builder.enumType('CohortBy', {
  description: 'What cohorts are divided by.',
  values: capitals<CohortDimension | 'none'>({
    none: 'All users whose first day lies in the period are one cohort.',
    app_version:
      'By each app version of their logins on their first day; a user with two is in both cohorts.',
    device_type:
      'By each device type of their logins on their first day; a user with two is in both cohorts.',
  }),
})

export const UniquesSourceEnum = builder.enumType('UniquesSource', {
  description: 'What a number of uniques was counted from; exact either way.',
  values: capitals<UniquesSource>({
    days: 'From who was active on which day (UTC): at any age.',
    rows: 'From rows of logins: within LOGIN_RETENTION_DAYS.',
  }),
})

export const DeviceTypeEnum = builder.enumType('DeviceType', {
  description: 'Kind of device that logged in.',
  values: capitals<DeviceType>({
    android: 'Android; stored as android.',
    iOS: 'iOS; stored as iOS.',
    unknown: 'Missing in the login, or none of the others.',
  }),
})

export const UsRegionEnum = builder.enumType('UsRegion', {
  description:
    'Region of the US by the Census Bureau; a locale that is also a country (CA, DE, IN) is read as the state.',
  values: capitals<UsRegion>({
    northeast: 'CT ME MA NH RI VT NJ NY PA.',
    midwest: 'IL IN MI OH WI IA KS MN MO NE ND SD.',
    south: 'DE DC FL GA MD NC SC VA WV AL KY MS TN AR LA OK TX.',
    west: 'AZ CO ID MT NV NM UT WY AK CA HI OR WA.',
    other: 'No state: a territory, a country, a language, unknown.',
  }),
})

export const OutcomeEnum = builder.enumType('Outcome', {
  description: 'How the login ended.',
  values: capitals<Outcome>({
    success: 'The user was let in.',
    failure: 'The user was not let in.',
    unknown: 'The login did not say; most producers do not.',
  }),
})

export const OrderEnum = builder.enumType('Order', {
  description: 'Which end of a ranking comes first.',
  values: {
    DESC: { value: 'desc', description: 'Most logins first.' },
    ASC: {
      value: 'asc',
      description: 'Fewest logins first; values without any login are not known and absent.',
    },
  } as const,
})

export const SourceEnum = builder.enumType('Source', {
  description: 'Kind of database node that served an answer.',
  values: capitals<ReadSource>({
    replica: 'A streaming replica; replicaLagMs says how far it may be behind.',
    primary: 'The primary: no replica was there, or all were away or far behind.',
  }),
})

export const BatchStatusEnum = builder.enumType('BatchStatus', {
  description: 'What became of a batch.',
  values: capitals<BatchStatus>({
    committed: 'Counted when it was read.',
    parked: 'Failed for a reason of its own and waits for an operator; its offsets are not counted.',
    replayed: 'Was parked and has been counted since.',
    skipped:
      'Given up by an operator, be it that it was parked or that Kafka had lost its offsets; they are not counted.',
  }),
})

export const ReplayOutcomeEnum = builder.enumType('ReplayOutcome', {
  description: 'What became of a parked batch, by a command or before it.',
  values: capitals<ReplayOutcome['outcome']>({
    replayed: 'This command counted and published it.',
    already_applied: 'It was counted already; nothing changed.',
    skipped: 'It is given up; its offsets are not counted.',
  }),
})

export const BatchReplayOutcomeEnum = builder.enumType('BatchReplayOutcome', {
  description: 'What became of a batch of a replay run.',
  values: capitals<BatchResult['outcome']>({
    replayed: 'The run counted and published it.',
    already_applied: 'It was counted already, when the run came to it; nothing changed.',
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
    redrive: 'Rejects of it were decoded again and became logins.',
  }),
})

export const RejectReasonEnum = builder.enumType('RejectReason', {
  description: 'Why a record is no login. Closed list; the first reason that applies counts.',
  values: capitals<RejectReason>({
    empty: 'A tombstone, or a value without bytes.',
    too_large: 'More bytes than LOGIN_MAX_BYTES.',
    not_utf8: 'Bytes that are no UTF-8.',
    not_json: 'Text that is no JSON.',
    not_an_object: 'JSON that is no object.',
    nested_too_deep: 'An object with more levels than a login can need.',
    user_id_missing: 'No user_id.',
    user_id_invalid: 'A user_id that is no text, blank or too long.',
    device_id_missing: 'No device_id.',
    device_id_invalid: 'A device_id that is no text, blank or too long.',
    ip_missing: 'No ip.',
    ip_invalid: 'An ip that is no IPv4 or IPv6 address.',
    timestamp_missing: 'No timestamp.',
    timestamp_invalid: 'A timestamp that is no whole number.',
    timestamp_not_positive: 'A timestamp of zero or less.',
    timestamp_in_future: 'A timestamp more than an hour after the moment of reading.',
  }),
})

export const IngestStateEnum = builder.enumType('IngestState', {
  description: 'What the ingestion of a partition is doing.',
  values: capitals<IngestState>({
    running: 'Reads and counts.',
    waiting: 'A part it needs is away; goes on by itself.',
    paused: 'Stopped by an operator; resumeIngestion starts it.',
    halted:
      'Stopped itself because going on would lose or miscount logins; the reason says which. resumeIngestion once the ' +
      'cause is mended, or acceptOffsetLoss.',
  }),
})

export const PartEnum = builder.enumType('Part', {
  description: 'A part that Rollcall is made of.',
  values: capitals<Part>({
    kafka: 'The broker: end offsets and lag come from it.',
    postgres: 'The database: checkpoints, watermarks and batches come from it.',
    temporal: 'The workflow engine and its workers: states and reasons come from them.',
    rollcall: 'Rollcall itself.',
  }),
})

export const ControlResultEnum = builder.enumType('ControlResult', {
  description: 'How a command ended.',
  values: capitals<ControlResultName>({
    done: 'It took effect.',
    refused: 'The state did not allow it; nothing changed.',
    failed: 'It could not be brought to its end; detail says why and whether it may still take effect.',
  }),
})

export const DifferenceKindEnum = builder.enumType('DifferenceKind', {
  description: 'Which two tables should say the same and do not.',
  values: capitals<DifferenceKind>({
    ledger_hole: 'Offsets between two batches of the ledger that are in neither.',
    ledger_overlap: 'Offsets that are in two batches of the ledger.',
    batch_offsets: 'Offsets of a batch against its logins, rejects and gaps.',
    batch_logins: 'Logins of a batch against the sum of its deltas.',
    batch_login_rows: 'Login rows that a batch wrote against those that are there.',
    batch_rejects: 'Rejects of a batch against the rejected records that are kept.',
    minute_count: 'Deltas of all batches in a minute against its count.',
    hour_count: 'Minutes of an hour against its count.',
    grouped_count: 'Counts by all dimensions against a count by fewer of them.',
    checkpoint_offset: 'End of the ledger against the offset of the checkpoint.',
    checkpoint_logins: 'Logins of all batches of a partition against those of its checkpoint.',
    checkpoint_rejects: 'Rejects of all batches of a partition against those of its checkpoint.',
  }),
})

export const EventSourceEnum = builder.enumType('EventSource', {
  description: 'Where events were read.',
  values: capitals<EventSource>({
    rows: 'From their rows in the database.',
    kafka: 'From Kafka, decided again as they were the first time.',
  }),
})

export const FateEnum = builder.enumType('Fate', {
  description: 'What became of an offset.',
  values: capitals<Fate>({
    before_first_read: 'Before the offset that reading began at.',
    unread: 'Not read yet; of a log of the past: never read.',
    login: 'Counted as a login.',
    reject: 'A record that is no login.',
    gap: 'No record: a transaction marker, an aborted or a compacted record.',
    login_or_gap:
      'A login or an offset without a record: neither its row nor its record is there any more to tell which.',
    parked: 'In a batch that failed and waits for an operator; not counted.',
    skipped: 'Given up by an operator, or lost before it was read; not counted.',
    unaccounted: 'Read, says the checkpoint, but in no batch: the ledger has a hole (reconciliation).',
  }),
})
