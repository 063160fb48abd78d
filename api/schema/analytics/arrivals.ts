import {
  type DelayClass,
  delayClasses,
  type LatenessClass,
  latenessClasses,
  shareOf,
} from '../../../domain/engagement/arrival.ts'
import type { CalendarBucket } from '../../../domain/time/calendar.ts'
import { floorTo, QUARTER_MS, type TimeBucket } from '../../../domain/time/bucket.ts'
import type { RejectReason } from '../../../domain/login/login.ts'
import { readArrivals, readRejectCounts, type ArrivalRow } from '../../../db/read/counts/arrivals.ts'
import { builder } from '../builder.ts'
import { RejectRate } from './reject-rate.ts'
import { InvalidArgumentError, InvalidRangeError } from '../../context/errors.ts'
import type { RequestClock } from '../../context/request-clock.ts'
import { needs } from '../../context/permission.ts'
import { questionRange } from '../../questions/question-range.ts'
import { BucketEnum, DelayClassEnum, LatenessClassEnum, WeekdayEnum } from '../fields/analytics-enums.ts'
import { type Marks, marksOf } from '../../questions/bucket-completeness.ts'
import { freshnessField } from '../fields/freshness.ts'
import { isCompleteField, isCutField } from '../fields/marks.ts'
import { fromField, toField } from '../fields/range-fields.ts'

type Classed<Name> = { name: Name; logins: bigint; share: number }

const LatenessShare = builder.objectRef<Classed<LatenessClass>>('LatenessShare').implement({
  extensions: needs('figures'),
  description: 'Attempts by how long after their event they reached Kafka.',
  fields: (t) => ({
    lateness: t.expose('name', { type: LatenessClassEnum, description: 'The class.' }),
    attempts: t.expose('logins', { type: 'BigInt', description: 'Attempts of the class.' }),
    share: t.exposeFloat('share', { description: 'Share of all attempts of the bucket, from 0 to 1.' }),
  }),
})

const DelayShare = builder.objectRef<Classed<DelayClass>>('DelayShare').implement({
  extensions: needs('figures'),
  description: 'Attempts by how long after they reached Kafka they were counted.',
  fields: (t) => ({
    delay: t.expose('name', { type: DelayClassEnum, description: 'The class.' }),
    attempts: t.expose('logins', { type: 'BigInt', description: 'Attempts of the class.' }),
    share: t.exposeFloat('share', { description: 'Share of all attempts of the bucket, from 0 to 1.' }),
  }),
})

type Rejects = { reason: RejectReason; rejects: bigint }
type ArrivalShape = Marks & { bucket: TimeBucket; row: ArrivalRow; rejected: Rejects[] }

const sum = (numbers: readonly bigint[]): bigint => numbers.reduce((total, one) => total + one, 0n)
const loginsOf = ({ row }: ArrivalShape): bigint => sum(row.lateness)
const recordsOf = (shape: ArrivalShape): bigint =>
  loginsOf(shape) + sum(shape.rejected.map(({ rejects }) => rejects))

const classed = <Name>(classes: readonly { name: Name }[], logins: readonly bigint[]): Classed<Name>[] =>
  classes.map(({ name }, i) => ({
    name,
    logins: logins[i] ?? 0n,
    share: shareOf(logins[i] ?? 0n, sum(logins)),
  }))

const ArrivalPoint = builder.objectRef<ArrivalShape>('ArrivalPoint').implement({
  extensions: needs('figures'),
  description: 'How records arrived that were counted or rejected in a bucket.',
  fields: (t) => ({
    start: t.field({
      type: 'DateTime',
      description: 'First moment of the bucket, or of the range where that cuts it.',
      resolve: ({ bucket }) => new Date(bucket.fromMs),
    }),
    end: t.field({
      type: 'DateTime',
      description: 'End of the bucket, exclusive.',
      resolve: ({ bucket }) => new Date(bucket.toMs),
    }),
    isComplete: t.field({
      ...isCompleteField,
      description:
        'Whether the bucket is over by the clock of the node that answered. Records counted later count into later ' +
        'buckets.',
    }),
    isCut: t.field(isCutField),
    attempts: t.field({
      type: 'BigInt',
      description: 'Attempts that were counted in it.',
      resolve: loginsOf,
    }),
    outOfOrder: t.field({
      type: 'BigInt',
      description:
        'Attempts whose event is earlier than the latest event counted before them in their partition. In a replay they ' +
        'are compared with the attempts that were replayed with them.',
      resolve: ({ row }) => row.outOfOrder,
    }),
    outOfOrderShare: t.float({
      description: 'outOfOrder / attempts, from 0 to 1; 0 without attempts.',
      resolve: (shape) => shareOf(shape.row.outOfOrder, loginsOf(shape)),
    }),
    lateness: t.field({
      type: [LatenessShare],
      complexity: { field: 1, multiplier: latenessClasses.length },
      description: 'Every class, in order.',
      resolve: ({ row }) => classed<LatenessClass>(latenessClasses, row.lateness),
    }),
    delays: t.field({
      type: [DelayShare],
      complexity: { field: 1, multiplier: delayClasses.length },
      description: 'Every class, in order.',
      resolve: ({ row }) => classed<DelayClass>(delayClasses, row.delays),
    }),
    rejects: t.field({
      type: 'BigInt',
      description: 'Records that were rejected in it.',
      resolve: ({ rejected }) => sum(rejected.map(({ rejects }) => rejects)),
    }),
    rejectRate: t.float({
      description: 'rejects as part of all records (attempts and rejects), from 0 to 1; 0 without records.',
      resolve: (shape) => shareOf(recordsOf(shape) - loginsOf(shape), recordsOf(shape)),
    }),
    rejectsByReason: t.field({
      type: [RejectRate],
      complexity: { field: 1, multiplier: 5 },
      description: 'Reasons that occurred, in order of their names.',
      resolve: (shape) =>
        shape.rejected.map((one) => ({ ...one, rate: shareOf(one.rejects, recordsOf(shape)) })),
    }),
  }),
})

const Arrivals = builder.objectRef<{ range: TimeBucket; points: ArrivalShape[] }>('Arrivals').implement({
  extensions: needs('figures'),
  description: 'How attempts arrived over a range of time, by when they were counted.',
  fields: (t) => ({
    from: t.field(fromField(({ range }) => range)),
    to: t.field(toField(({ range }) => range)),
    points: t.expose('points', {
      type: [ArrivalPoint],
      complexity: { field: 1, multiplier: 50 },
      description: 'In order of time.',
    }),
    freshness: t.field(freshnessField),
  }),
})

builder.queryField('arrivals', (t) =>
  t.field({
    extensions: needs('figures'),
    type: Arrivals,
    nullable: true,
    description:
      'How records arrive: how late, how much out of order, how soon they are counted, how many are rejected and ' +
      'why. Buckets go by when records were counted, not by the time of the event.',
    args: {
      from: t.arg({
        type: 'Moment',
        description:
          'First moment of the range, by when records were counted; on a quarter of an hour. Default: 24 hours, 30 days, 12 ' +
          'weeks, 12 months, 8 quarters or 5 years before `to`.',
      }),
      to: t.arg({
        type: 'Moment',
        description:
          'End of the range, exclusive; on a quarter of an hour. Default: the end of the bucket that is running.',
      }),
      timeZone: t.arg.string({
        required: true,
        defaultValue: 'UTC',
        description:
          'Time zone of the buckets and of dates, by its IANA name, such as Europe/Berlin, or its offset, such as +05:30.',
      }),
      bucket: t.arg({
        type: BucketEnum,
        required: true,
        defaultValue: 'hour',
        description: 'Length of the buckets: HOUR or longer.',
      }),
      weekStart: t.arg({
        type: WeekdayEnum,
        required: true,
        defaultValue: 1,
        description: 'First day of weeks.',
      }),
    },
    resolve: async (_, { bucket, ...args }, context) => {
      checkBucket(bucket)
      const range = questionRange(bucket, args, context.clock.minuteMs)
      const { buckets } = range
      checkQuarters(range)
      const rows = await context.read((session) => readArrivals(session, buckets))
      const rejects = await context.read((session) => readRejectCounts(session, buckets))
      const rejected = Map.groupBy(rejects, ({ bucketIndex }) => bucketIndex)
      const { readAt, replicaLagMs } = await context.read((session) => Promise.resolve(session))
      const knownToMs = readAt.getTime() - (replicaLagMs ?? 0)
      const marks = marksOf(range, ({ toMs }) => isOver(context.clock, knownToMs, toMs))
      return {
        range,
        points: buckets.flatMap((one, i) => {
          const [row, mark] = [rows[i], marks[i]]
          if (row === undefined || mark === undefined) return []
          return [{ bucket: one, row, rejected: rejected.get(i) ?? [], ...mark }]
        }),
      }
    },
  }),
)

/**
 * @param knownToMs up to when the node knows what was counted, Unix milliseconds; it moves on even if nothing
 *   is written
 */
function isOver(clock: RequestClock, knownToMs: number, toMs: number): boolean {
  if (!clock.hasCome(toMs)) return false
  if (toMs > knownToMs) clock.holdsOnlyNow()
  return toMs <= knownToMs
}

/** @throws {InvalidArgumentError} if the buckets are shorter than arrivals are kept */
function checkBucket(bucket: CalendarBucket): void {
  if (bucket !== 'minute') return
  throw new InvalidArgumentError(
    'arrivals are kept by quarters of an hour: ask for bucket HOUR or a longer one',
    'bucket',
  )
}

/** @throws {InvalidRangeError} if the range does not begin and end on a quarter of an hour */
function checkQuarters({ fromMs, toMs }: TimeBucket): void {
  for (const [name, ms] of [['from', fromMs] as const, ['to', toMs] as const]) {
    if (ms % QUARTER_MS === 0) continue
    const before = new Date(floorTo(ms, QUARTER_MS)).toISOString()
    throw new InvalidRangeError(
      `${name} must be on a quarter of an hour of UTC, because arrivals are kept by quarters: for example ${before}`,
      name,
    )
  }
}
