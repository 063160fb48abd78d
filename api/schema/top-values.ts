import type { MinuteRange } from '../../db/read/minute-range.ts'
import { type Dimension, readTopValues, type TopValue as TopValueRow } from '../../db/read/login-counts.ts'
import { builder } from '../builder.ts'
import { caps, checkBuckets, checkPageSize, minuteRange } from '../caps.ts'
import { InvalidPageError, InvalidRangeError, PageTooLargeError, RangeTooLargeError } from '../errors.ts'
import { countArgs, countFilter } from './count-args.ts'
import { DimensionEnum, OrderEnum } from './enums.ts'
import { freshnessField } from './freshness.ts'

const TopValue = builder.objectRef<TopValueRow>('TopValue').implement({
  description: 'A value of a dimension and its logins.',
  fields: (t) => ({
    value: t.exposeString('value', { description: 'The value as it is stored, such as iOS, CA or 2.3.0.' }),
    logins: t.expose('logins', { type: 'BigInt', description: 'Accepted logins with this value.' }),
    share: t.float({
      description: 'Part of all logins of the range and filter, from 0 to 1.',
      resolve: ({ logins, total_logins }) => Number(logins) / Number(total_logins),
    }),
  }),
})

type TopValuesShape = MinuteRange & { dimension: Dimension; values: TopValueRow[] }

const TopValues = builder.objectRef<TopValuesShape>('TopValues').implement({
  description: 'The values of a dimension with the most or the fewest logins.',
  fields: (t) => ({
    from: t.field({
      type: 'DateTime',
      description: 'First moment of the range.',
      resolve: ({ fromMs }) => new Date(fromMs),
    }),
    to: t.field({
      type: 'DateTime',
      description: 'End of the range, itself not in it.',
      resolve: ({ toMs }) => new Date(toMs),
    }),
    dimension: t.expose('dimension', { type: DimensionEnum, description: 'The dimension ranked.' }),
    values: t.expose('values', {
      type: [TopValue],
      description: 'Ranked; values with equally many logins in order of the value.',
    }),
    totalLogins: t.field({
      type: 'BigInt',
      description: 'Accepted logins of the range and filter, over all values.',
      resolve: ({ values }) => values[0]?.total_logins ?? 0n,
    }),
    distinctValues: t.field({
      type: 'BigInt',
      description: 'How many values the dimension has in the range and filter.',
      resolve: ({ values }) => values[0]?.distinct_values ?? 0n,
    }),
    freshness: t.field(freshnessField),
  }),
})

builder.queryField('topValues', (t) =>
  t.field({
    type: TopValues,
    nullable: true,
    errors: {
      types: [InvalidRangeError, RangeTooLargeError, PageTooLargeError, InvalidPageError],
      union: { description: 'The ranking, or why not.' },
    },
    description: 'The values of a dimension with the most or the fewest logins.',
    args: {
      dimension: t.arg({ type: DimensionEnum, required: true, description: 'The dimension to rank.' }),
      ...countArgs(),
      first: t.arg.int({
        defaultValue: 10,
        description: `How many values, from 1 to ${caps.page}.`,
      }),
      order: t.arg({ type: OrderEnum, defaultValue: 'desc', description: 'Which end comes first.' }),
    },
    resolve: async (_, args, context) => {
      const range = minuteRange(args.from ?? null, args.to ?? null, context.nowMs)
      checkBuckets(range, 'day')
      const first = args.first ?? 10
      if (first < 1) throw new InvalidPageError('first must be at least 1')
      checkPageSize('first', first)
      const values = await context.read((session) =>
        readTopValues(session, args.dimension, range, countFilter(args.filter), args.order ?? 'desc', first),
      )
      return { ...range, dimension: args.dimension, values }
    },
  }),
)
