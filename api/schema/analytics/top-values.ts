import { type GroupName, loginsAt, type Series, shareOf } from '../../../domain/counts/series.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { builder } from '../builder.ts'
import { EXPENSIVE_COMPLEXITY } from '../../plugins/limit-expensive.ts'
import { limits, checkBuckets, checkPageSize, minuteRange } from '../../context/limits.ts'
import { countSeries } from '../../questions/count-series.ts'
import { countSource } from '../../questions/count-source.ts'
import {
  InvalidPageError,
  InvalidRangeError,
  NotFoundError,
  PageTooLargeError,
  RangeTooLargeError,
  TooManyBatchesError,
  TooManyRowsError,
} from '../../context/errors.ts'
import { countArgs, countFilter, momentArgs } from './count-args.ts'
import { OrderEnum } from '../fields/analytics-enums.ts'
import { DimensionEnum } from '../fields/dimensions.ts'
import { completenessFor } from '../../questions/bucket-completeness.ts'
import { selectsAnywhere } from '../../questions/selects.ts'
import { freshnessField } from '../fields/freshness.ts'
import { isCompleteRangeField } from '../fields/marks.ts'
import { fromField, toField } from '../fields/range-fields.ts'

type Ranked = { value: string; logins: bigint; previousLogins: bigint; share: number }

const TopValue = builder.objectRef<Ranked>('TopValue').implement({
  description: 'A value of a dimension and its logins.',
  fields: (t) => ({
    value: t.exposeString('value', { description: 'The value as it is stored, such as iOS, CA or 2.3.0.' }),
    logins: t.expose('logins', { type: 'BigInt', description: 'Accepted logins with this value.' }),
    previousLogins: t.expose('previousLogins', {
      type: 'BigInt',
      description: 'The same in a range of the same length that ends where this one begins.',
    }),
    share: t.exposeFloat('share', {
      description: 'Share of all logins of the range and filter, from 0 to 1.',
    }),
  }),
})

type OtherValues = { values: number; logins: bigint; share: number }

const OtherValuesType = builder.objectRef<OtherValues>('OtherValues').implement({
  description: 'The values that are not in the ranking, together.',
  fields: (t) => ({
    values: t.exposeInt('values', { description: 'How many there are.' }),
    logins: t.expose('logins', { type: 'BigInt', description: 'Their logins.' }),
    share: t.exposeFloat('share', {
      description: 'Share of all logins of the range and filter, from 0 to 1.',
    }),
  }),
})

type TopValuesShape = {
  range: TimeBucket
  isComplete: boolean
  dimension: GroupName
  values: Ranked[]
  other: OtherValues
  total: bigint
  distinct: number
}

const TopValues = builder.objectRef<TopValuesShape>('TopValues').implement({
  description: 'The values of a dimension with the most or the fewest logins.',
  fields: (t) => ({
    from: t.field(fromField(({ range }) => range)),
    to: t.field(toField(({ range }) => range)),
    isComplete: t.field(isCompleteRangeField),
    dimension: t.expose('dimension', { type: DimensionEnum, description: 'The dimension ranked.' }),
    values: t.expose('values', {
      type: [TopValue],
      description: 'Ranked; values with equally many logins in order of the value.',
    }),
    other: t.expose('other', { type: OtherValuesType, description: 'All the others.' }),
    totalLogins: t.expose('total', {
      type: 'BigInt',
      description: 'Accepted logins of the range and filter, over all values.',
    }),
    distinctValues: t.exposeInt('distinct', {
      description: 'How many values the dimension has in the range and filter.',
    }),
    freshness: t.field(freshnessField),
  }),
})

builder.queryField('topValues', (t) =>
  t.field({
    type: TopValues,
    nullable: true,
    errors: {
      types: [
        ...[InvalidRangeError, RangeTooLargeError, PageTooLargeError, InvalidPageError],
        ...[TooManyRowsError, TooManyBatchesError, NotFoundError],
      ],
      union: { description: 'The ranking, or why not.' },
    },
    description:
      'The values of a dimension with the most or the fewest logins, now or as they stood at a moment. For the number of all logins ' +
      'of a range, ask for `totalLogins` alone.',
    complexity: ({ asOf, asOfBatch }) => (asOf == null && asOfBatch == null ? 1 : EXPENSIVE_COMPLEXITY),
    extensions: { expensive: ['asOf', 'asOfBatch'] },
    args: {
      dimension: t.arg({ type: DimensionEnum, required: true, description: 'The dimension to rank.' }),
      ...countArgs(),
      ...momentArgs(),
      first: t.arg.int({ defaultValue: 10, description: `How many values, from 1 to ${limits.page}.` }),
      order: t.arg({ type: OrderEnum, defaultValue: 'desc', description: 'Which end comes first.' }),
    },
    resolve: async (_, { dimension, asOf, asOfBatch, ...args }, context, info) => {
      const range = minuteRange(args.from ?? null, args.to ?? null, context.clock.minuteMs)
      checkBuckets(range, 'day')
      const first = args.first ?? 10
      if (first < 1) throw new InvalidPageError('first must be at least 1')
      checkPageSize(
        'first',
        first,
        'by order from the other end too, or with a filter; `other` adds up the rest',
      )
      // The range before is read only if selected: its minutes may be gone while the range itself can be
      // answered.
      const before = { fromMs: 2 * range.fromMs - range.toMs, toMs: range.fromMs }
      const buckets = selectsAnywhere(info, 'previousLogins') ? [before, range] : [range]
      const source = await countSource(context, { asOf, asOfBatch }, buckets)
      const question = { source, groupBy: [dimension], filter: countFilter(args.filter) }
      const series = await countSeries(context, buckets, question)
      const isComplete = (await completenessFor(context, info, { source }))(range)
      return {
        ...rank(series.values(), {
          ...{ range, dimension, first, order: args.order ?? 'desc' },
          place: buckets.length - 1,
        }),
        isComplete,
      }
    },
  }),
)

/**
 * `place`: the number of the range among the buckets; the range before it, if selected, has the number
 * before.
 */
type Ranking = {
  range: TimeBucket
  dimension: GroupName
  first: number
  order: 'asc' | 'desc'
  place: number
}

function rank(
  series: Iterable<Series>,
  { range, dimension, first, order, place }: Ranking,
): Omit<TopValuesShape, 'isComplete'> {
  const loginsOf = (one: Series) => loginsAt(one, place)
  const present = [...series].filter((one) => loginsOf(one) !== 0n)
  const total = present.reduce((sum, one) => sum + loginsOf(one), 0n)
  // The sort is stable: values with equally many logins stay in the order of the values.
  present.sort((a, b) => Number(loginsOf(a) - loginsOf(b)) * (order === 'asc' ? 1 : -1))
  const values = present.slice(0, first).map((one) => ({
    value: one.values[dimension] ?? '',
    logins: loginsOf(one),
    previousLogins: loginsAt(one, place - 1),
    share: shareOf(loginsOf(one), total),
  }))
  const others = total - values.reduce((sum, { logins }) => sum + logins, 0n)
  const other = { values: present.length - values.length, logins: others, share: shareOf(others, total) }
  return { range, dimension, values, other, total, distinct: present.length }
}
