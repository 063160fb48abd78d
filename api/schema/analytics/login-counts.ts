import type { GraphQLResolveInfo } from 'graphql'
import { builder } from '../builder.ts'
import { EXPENSIVE_COMPLEXITY } from '../../plugins/limit-expensive.ts'
import { limits } from '../../context/limits.ts'
import type { ApiContext } from '../../context/context.ts'
import { countSeries, type SeriesQuestion } from '../../questions/count-series.ts'
import { countSource, countsWritten } from '../../questions/count-source.ts'
import {
  InvalidRangeError,
  NotFoundError,
  RangeTooLargeError,
  TooManyBatchesError,
  TooManyRowsError,
} from '../../context/errors.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { completenessFor, type Marks, marksOf } from '../../questions/bucket-completeness.ts'
import { questionBefore, type QuestionRange, questionRange } from '../../questions/question-range.ts'
import { selects } from '../../questions/selects.ts'
import { alignPrevious, shapeSeries, type SeriesShape } from '../../questions/series-shape.ts'
import { bucketArgs, countFilter, momentArgs } from './count-args.ts'
import { BucketEnum } from '../fields/analytics-enums.ts'
import { DimensionEnum } from '../fields/dimensions.ts'
import { freshnessField } from '../fields/freshness.ts'
import { fromField, toField } from '../fields/range-fields.ts'
import { LoginBucket, LoginSeries } from './login-series.ts'

type LoginCountsShape = {
  range: QuestionRange
  marks: Marks[]
  previousFromMs: number | null
  series: SeriesShape[]
}

const LoginCounts = builder.objectRef<LoginCountsShape>('LoginCounts').implement({
  description: 'Logins over time, by the time of the event.',
  fields: (t) => ({
    from: t.field(fromField(({ range }) => range)),
    to: t.field(toField(({ range }) => range)),
    previousFrom: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'Start of the previous period, which ends where the range begins unless that cuts a bucket. Null when it was ' +
        'not asked for.',
      resolve: ({ previousFromMs }) => (previousFromMs === null ? null : new Date(previousFromMs)),
    }),
    bucket: t.field({
      type: BucketEnum,
      description: 'Length of the buckets.',
      resolve: ({ range }) => range.bucket,
    }),
    timeZone: t.string({
      description: 'Whose clock and calendar the buckets follow.',
      resolve: ({ range }) => range.calendar.timeZone,
    }),
    buckets: t.field({
      type: [LoginBucket],
      complexity: { field: 1, multiplier: 100 },
      description: 'All buckets of the range, in order of time; those of `counts`.',
      resolve: ({ range, marks }) => range.buckets.flatMap((one, place) => withMarks(one, marks[place])),
    }),
    series: t.expose('series', {
      type: [LoginSeries],
      description:
        'One for each combination of values that has logins, in order of the values; a single one when nothing is grouped ' +
        'by.',
    }),
    freshness: t.field(freshnessField),
  }),
})

const withMarks = (bucket: TimeBucket, marks: Marks | undefined) =>
  marks === undefined ? [] : [{ ...bucket, ...marks }]

const seriesArgs = () => ({
  ...bucketArgs(),
  ...builder.args((t) => ({
    bucket: t.field({ type: BucketEnum, required: true, description: 'Length of the buckets.' }),
    groupBy: t.field({
      type: [DimensionEnum],
      defaultValue: [],
      description: 'Dimensions to tell series apart by; none: all logins in one.',
    }),
    fillGaps: t.boolean({
      defaultValue: true,
      description: 'Whether buckets without logins are points of 0; false leaves them out.',
    }),
  })),
})

const errors = [InvalidRangeError, RangeTooLargeError, TooManyRowsError, TooManyBatchesError]

type Asked = Omit<SeriesQuestion, 'groupBy' | 'filter'> & {
  range: QuestionRange
  groupBy?: SeriesQuestion['groupBy'] | null | undefined
  filter?: Parameters<typeof countFilter>[0]
  fillGaps?: boolean | null | undefined
  previous: boolean
}

async function answer(
  context: ApiContext,
  info: GraphQLResolveInfo,
  asked: Asked,
): Promise<LoginCountsShape> {
  const { range, source, previous } = asked
  const question = { source, groupBy: [...new Set(asked.groupBy ?? [])], filter: countFilter(asked.filter) }
  const marks = marksOf(range, await completenessFor(context, info, { source }))
  const before = previous ? questionBefore(range) : null
  const chart = {
    buckets: range.buckets,
    marks,
    clock: context.clock,
    beside: before?.beside ?? null,
    isFilled: asked.fillGaps ?? true,
    isSingle: question.groupBy.length === 0,
    selected: {
      points: selects(info, ['series', 'points']),
      counts: selects(info, ['series', 'counts']) || selects(info, ['series', 'previousCounts']),
    },
  }
  const current = await countSeries(context, range.buckets, question)
  const earlier = before && alignPrevious(await countSeries(context, before.buckets, question), before.beside)
  return {
    range,
    marks,
    previousFromMs: before?.buckets[0]?.fromMs ?? null,
    series: shapeSeries(current, earlier, chart),
  }
}

builder.queryField('loginCounts', (t) =>
  t.field({
    type: LoginCounts,
    nullable: true,
    errors: { types: [...errors, NotFoundError], union: { description: 'Logins over time, or why not.' } },
    description:
      `Logins over time, by any of the dimensions, now or as they stood at a moment. At most ${limits.buckets} buckets and ` +
      `${limits.points} points or ${limits.rows} counts.`,
    complexity: ({ asOf, asOfBatch }) => (asOf == null && asOfBatch == null ? 1 : EXPENSIVE_COMPLEXITY),
    extensions: { expensive: ['asOf', 'asOfBatch'] },
    args: {
      ...seriesArgs(),
      ...momentArgs(),
      previous: t.arg.boolean({
        defaultValue: false,
        description:
          'Whether to count the previous period, too: as many buckets before the first one. Minutes and hours of whole ' +
          'days are matched with the same time of the clock, as many days before.',
      }),
    },
    resolve: async (_, { asOf, asOfBatch, ...args }, context, info) => {
      const range = questionRange(args.bucket, args, context.clock.minuteMs)
      const source = await countSource(context, { asOf, asOfBatch }, range.buckets)
      return await answer(context, info, { ...args, range, source, previous: args.previous ?? false })
    },
  }),
)

builder.queryField('countChanges', (t) =>
  t.field({
    type: LoginCounts,
    nullable: true,
    errors: { types: errors, union: { description: 'Changes of counts, or why not.' } },
    description:
      'How counts changed between two moments: the logins that were counted after `since` and up to `until`, by the time of ' +
      'their event. What arrived late, was replayed or redriven shows here.',
    complexity: EXPENSIVE_COMPLEXITY,
    extensions: { expensive: true },
    args: {
      ...seriesArgs(),
      since: t.arg({
        type: 'DateTime',
        required: true,
        description: 'The earlier moment, exclusive: what was counted exactly at it is left out.',
      }),
      until: t.arg({ type: 'DateTime', description: 'The later moment, inclusive. Left out: now.' }),
    },
    resolve: async (_, { since, until, ...args }, context, info) => {
      const range = questionRange(args.bucket, args, context.clock.minuteMs)
      const source = await countsWritten(context, since, until, range.buckets)
      return await answer(context, info, { ...args, range, source, previous: false })
    },
  }),
)
