import type { Drain } from '../../../domain/pipeline/pace.ts'
import type { RetentionEnd } from '../../../domain/pipeline/unread-retention.ts'
import type { PartitionHealth as PartitionHealthShape } from '../../pipeline/health.ts'
import { unreadOf } from '../../pipeline/ingestion.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { capitals } from '../fields/enum-values.ts'
import { IngestionStateEnum } from '../fields/pipeline-enums.ts'

type Undrained = Extract<Drain, { atMs: null }>['why']
type Untaken = Extract<RetentionEnd, { atMs: null }>['why'] | 'nothing_unread'

const UndrainedEnum = builder.enumType('Undrained', {
  description: 'Why no moment is said at which a backlog will be drained.',
  values: capitals<Undrained>({
    drained: 'There is none: nothing is unread, or only what is in hand.',
    growing: 'It grows, or keeps its size: no less is written than is read.',
    standing: 'Nothing is read, and nothing is written.',
    unknown: 'The pace is not known yet: this API has watched the partition for a few seconds only.',
  }),
})

const UntakenEnum = builder.enumType('Untaken', {
  description: 'Why no moment is said at which retention takes unread records.',
  values: capitals<Untaken>({
    nothing_unread: 'Nothing is unread.',
    unlimited: 'The topic keeps its records for ever, or its log does not grow towards the limit.',
    compacted: 'The topic is compacted, which takes only records whose key has a later one.',
    unknown:
      'Kafka does not tell: it is away, or does not let Rollcall describe the topic or, for retention by size, the cluster.',
  }),
})

const RetentionLimitEnum = builder.enumType('RetentionLimit', {
  description: 'Which limit of the topic takes records.',
  values: capitals<'age' | 'size'>({ age: 'retention.ms.', size: 'retention.bytes.' }),
})

const at = (ms: number | null | undefined): Date | null => (ms == null ? null : new Date(ms))

export const PartitionHealth = builder.objectRef<PartitionHealthShape>('PartitionHealth').implement({
  extensions: needs('figures'),
  description:
    'How a partition stands, and what becomes of its backlog. A field is null when the part it comes from is away.',
  fields: (t) => ({
    partition: t.exposeInt('partition', { description: 'Number of the partition.' }),
    state: t.field({
      type: IngestionStateEnum,
      nullable: true,
      description: 'What it is doing.',
      resolve: ({ status }) => status?.state ?? null,
    }),
    reason: t.string({
      nullable: true,
      extensions: needs('failures', 'text'),
      description: 'Why it waits, was paused or halted; null while it runs.',
      resolve: ({ status }) => (status === null || status.reason === '' ? null : status.reason),
    }),
    since: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it came into this state.',
      resolve: ({ status }) => (status === null ? null : new Date(status.since)),
    }),
    lag: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'Offsets that are not processed, up to the high watermark.',
      resolve: unreadOf,
    }),
    readPerSecond: t.float({
      nullable: true,
      description:
        'Offsets that were processed a second, over the last minute at most; null when that is not known yet.',
      resolve: ({ outlook }) => outlook?.pace?.readPerSecond ?? null,
    }),
    writtenPerSecond: t.float({
      nullable: true,
      description: 'Offsets that producers wrote a second, over the same time.',
      resolve: ({ outlook }) => outlook?.pace?.producedPerSecond ?? null,
    }),
    oldestUnreadAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'Timestamp of the oldest unread record, or a later one before it, to the second or a hundredth of its age; null when nothing is unread.',
      resolve: ({ outlook }) => at(outlook?.oldestUnreadMs),
    }),
    drainedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When nothing is unread any more, at the present rates; null: undrained says why.',
      resolve: ({ outlook }) => at(outlook?.drain.atMs),
    }),
    undrained: t.field({
      type: UndrainedEnum,
      nullable: true,
      description: 'Why drainedAt is null.',
      resolve: ({ outlook }) =>
        outlook === null ? 'unknown' : outlook.drain.atMs === null ? outlook.drain.why : null,
    }),
    retentionTakesAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'The earliest moment at which Kafka’s retention takes the oldest unread record; now, when it may have been before. Null: untaken says why.',
      resolve: ({ outlook }) => at(outlook?.retention?.atMs),
    }),
    retentionBy: t.field({
      type: RetentionLimitEnum,
      nullable: true,
      description: 'Which limit of the topic that is; null with retentionTakesAt.',
      resolve: ({ outlook }) => (outlook?.retention?.atMs == null ? null : outlook.retention.by),
    }),
    untaken: t.field({
      type: UntakenEnum,
      nullable: true,
      description: 'Why retentionTakesAt is null.',
      resolve: ({ outlook }) => {
        if (outlook === null) return 'unknown'
        if (outlook.retention === null) return 'nothing_unread'
        return outlook.retention.atMs === null ? outlook.retention.why : null
      },
    }),
    watermark: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Latest time of an event that was counted; null before the first attempt.',
      resolve: ({ progress }) => progress?.watermark ?? null,
    }),
    worker: t.string({
      nullable: true,
      description: 'The worker process that last claimed it.',
      resolve: ({ progress }) => progress?.worker ?? null,
    }),
    parkedOffsets: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'Offsets in parked batches: they are not counted.',
      resolve: ({ progress }) => progress?.parked_offsets ?? null,
    }),
  }),
})
