import type { SpanName } from '../../questions/measures/measure-range.ts'
import { limits } from '../../context/limits.ts'
import { builder } from '../builder.ts'
import { AttemptKindEnum, BucketEnum, WeekdayEnum } from '../fields/analytics-enums.ts'
import { DimensionEnum } from '../fields/dimensions.ts'
import { capitals } from '../fields/enum-values.ts'
import { AttemptFilterInput } from '../fields/attempt-filter.ts'
import { MeasureEnum } from './measured.ts'

const OrderDirectionEnum = builder.enumType('OrderDirection', {
  description: 'Which end of an order comes first.',
  values: capitals({ asc: 'The least first.', desc: 'The most first.' }),
})

const MeasureOrder = builder.inputType('MeasureOrder', {
  description:
    'How groups are ordered. Equal ones follow in order of their values (users, devices and addresses in the order in which they ' +
    'were first counted), and those without a value of the measure are last. ' +
    'Example: {measure: FAILURE_RATE}.',
  fields: (t) => ({
    measure: t.field({ type: MeasureEnum, required: true, defaultValue: 'logins', description: 'By what.' }),
    direction: t.field({
      type: OrderDirectionEnum,
      required: true,
      defaultValue: 'desc',
      description: 'Which end comes first.',
    }),
  }),
})

const GroupCondition = builder.inputType('GroupCondition', {
  description: 'Which groups are listed. Example: {measure: ATTEMPTS, atLeast: 20}.',
  fields: (t) => ({
    measure: t.field({
      type: MeasureEnum,
      required: true,
      defaultValue: 'attempts',
      description: 'Of what, in the range asked for. Not LAST_SEEN_AT.',
    }),
    atLeast: t.float({ required: true, description: 'The least that a listed group has of it.' }),
  }),
})

const ComparedSpan = builder.enumType('ComparedSpan', {
  description: 'A span to compare with, by the calendar of `timeZone`.',
  values: capitals<SpanName>({
    previous:
      'The range of the same length right before: as many buckets. Minutes and hours of whole days are matched with the same time of ' +
      'the clock.',
    week_before: 'The same days a week earlier.',
    four_weeks_before: 'The same days four weeks earlier: weekdays meet weekdays.',
    year_before: 'The same dates a year earlier: whole months stay whole, and 29 February meets 28 February.',
    year_before_by_weekday: '52 weeks earlier: weekdays meet weekdays.',
  }),
})

const Comparison = builder.inputType('Comparison', {
  description: 'What to compare with. Exactly one field is given.',
  isOneOf: true,
  fields: (t) => ({
    span: t.field({ type: ComparedSpan, description: 'A span by its name. Example: WEEK_BEFORE.' }),
    daysBefore: t.int({
      description: 'The same range so many days of `timeZone` earlier, by the clock. Example: 14.',
    }),
    from: t.field({
      type: 'Moment',
      description:
        'A range of as many buckets, or without `bucket` as long a one, that begins here. Example: "2025-11-28".',
    }),
  }),
})

export const measureArgs = () =>
  builder.args((t) => ({
    from: t.field({
      type: 'Moment',
      description:
        'First moment of the range, by the time of the event; on a whole minute. Default: 60 minutes, 24 hours, 30 days, 12 weeks, ' +
        '12 months, 8 quarters or 5 years before `to`, by `bucket`; 24 hours without one.',
    }),
    to: t.field({
      type: 'Moment',
      description:
        'End of the range, exclusive; on a whole minute. Default: the end of the bucket that is running, or of the ' +
        'current minute without `bucket`.',
    }),
    timeZone: t.string({
      required: true,
      defaultValue: 'UTC',
      description:
        'Time zone of buckets, dates and the clock, by its IANA name, such as Europe/Berlin, or its offset, such as +05:30. Days have 23 or 25 hours where its ' +
        'clocks change.',
    }),
    bucket: t.field({
      type: BucketEnum,
      description: 'Length of the buckets. Default: none, so that `points` is empty.',
    }),
    weekStart: t.field({
      type: WeekdayEnum,
      required: true,
      defaultValue: 1,
      description: 'First day of weeks.',
    }),
    filter: t.field({ type: AttemptFilterInput, description: 'Which attempts count; default: all.' }),
    attempts: t.field({
      type: AttemptKindEnum,
      required: true,
      defaultValue: 'logins',
      description:
        'Which attempts make somebody a user, device or address that counts, and which firstSeenAt and lastSeenAt are about. ' +
        '`attempts`, `logins` and `failures` do not depend on it. With FAILURES, for example, `users` is how many users failed, and `logins` ' +
        'still the logins.',
    }),
    groupBy: t.field({
      type: [DimensionEnum],
      required: { list: true, items: true },
      defaultValue: [],
      description: 'Dimensions to group by, together; none: no groups. Example: [APP_VERSION, DEVICE_TYPE].',
    }),
    orderBy: t.field({
      type: MeasureOrder,
      description:
        'Order of the groups. Default: by their values, versions by semver; with USER, DEVICE or ADDRESS, most logins first.',
    }),
    first: t.int({
      description: `How many groups, from 1 to ${limits.page}; the others are in \`other\`. Default: all, if the caps allow that many.`,
    }),
    having: t.field({
      type: GroupCondition,
      description:
        'Which groups are listed, such as only those with enough attempts for a rate; the others are in `other`, and ' +
        '`matchingGroupCount` says how many meet it. Default: all. Example: {measure: ATTEMPTS, atLeast: 20}.',
    }),
    compareTo: t.field({
      type: [Comparison],
      required: { list: true, items: true },
      defaultValue: [],
      description: `What to compare with, at most ${limits.comparisons}. Example: [{span: PREVIOUS}, {span: YEAR_BEFORE}].`,
    }),
    asOf: t.field({
      type: 'Moment',
      description:
        'Attempts, logins and failures as they stood at this moment: what was written after it, such as late attempts and replays, does not ' +
        'count. Default: now.',
    }),
    asOfBatchId: t.field({
      type: 'Offset',
      description: 'Counts as they stood once this batch (Batch.batchId) was written; in place of `asOf`.',
    }),
    since: t.field({
      type: 'Moment',
      description:
        'Only what was counted after this moment, and up to `asOf`: late attempts, replays, redrives.',
    }),
  }))
