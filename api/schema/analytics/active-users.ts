import {
  type EngagementFacet,
  type ActiveUsersRow,
  facetOf,
  readActive,
  readActiveUsers,
  readMeanDailyActive,
} from '../../../db/read/engagement/engagement.ts'
import { DAY_MS, dayOf, type Period, periodAfter } from '../../../domain/time/period.ts'
import { builder } from '../builder.ts'
import type { ApiContext } from '../../context/context.ts'
import { InvalidRangeError, RangeTooLargeError } from '../../context/errors.ts'
import { periodCaps, periodRange, periodStarts, wholeDay, wholePeriod } from '../../questions/periods.ts'
import { engagementCompleteness } from '../../questions/engagement-freshness.ts'
import { engagementFreshnessField } from './engagement-freshness.ts'
import { isCompleteField, isCompleteRangeField } from '../fields/marks.ts'
import { CountFilterInput, countFilter } from './count-args.ts'
import { PeriodEnum } from '../fields/analytics-enums.ts'

type ActiveUsersShape = ActiveUsersRow & { end: Date; hasBegun: boolean; isComplete: boolean }

const ActiveUsersPoint = builder.objectRef<ActiveUsersShape>('ActiveUsersPoint').implement({
  description: 'Users of one period. active = new + returning + resurrected.',
  fields: (t) => ({
    start: t.expose('start', { type: 'DateTime', description: 'First day of the period, midnight UTC.' }),
    end: t.expose('end', { type: 'DateTime', description: 'End of it, itself not in it.' }),
    isComplete: t.field(isCompleteField),
    active: t.expose('active', {
      type: 'BigInt',
      description: 'Users with at least one accepted login in the period (and of the filter).',
    }),
    new: t.expose('new_users', {
      type: 'BigInt',
      description: 'Active users whose first day ever, whatever the filter, lies in the period.',
    }),
    returning: t.expose('returning_users', {
      type: 'BigInt',
      description: 'Active users that were active in the period before, too.',
    }),
    resurrected: t.field({
      type: 'BigInt',
      description: 'Active users that are not new and were not active in the period before.',
      resolve: (row) => row.active - row.new_users - row.returning_users,
    }),
    dormant: t.field({
      type: 'BigInt',
      nullable: true,
      description:
        'Users that were active in the period before and not in this one, or not yet while it is not complete. Null ' +
        'before it begins.',
      resolve: ({ hasBegun, before, returning_users: returning }) => (hasBegun ? before - returning : null),
    }),
  }),
})

const ActiveUsers = builder
  .objectRef<{ period: Period; points: ActiveUsersShape[] }>('ActiveUsers')
  .implement({
    description: 'Active users period by period.',
    fields: (t) => ({
      period: t.expose('period', { type: PeriodEnum, description: 'Length of the periods.' }),
      points: t.expose('points', {
        type: [ActiveUsersPoint],
        complexity: { field: 1, multiplier: 100 },
        description:
          'Every period of the range in order, also those without users; of one that is not complete, what there is so far.',
      }),
      freshness: t.field(engagementFreshnessField),
    }),
  })

const filterArg = () =>
  builder.args((t) => ({
    filter: t.field({
      type: CountFilterInput,
      description: 'Only logins of these values count; of one dimension, or it is refused.',
    }),
  }))

function oneFacet(input: typeof CountFilterInput.$inferInput | null | undefined): EngagementFacet {
  const facet = facetOf(countFilter(input))
  if (facet !== null) return facet
  throw new InvalidRangeError(
    'engagement is kept by one dimension at a time: filter by one, or ask uniques, which reads rows of logins',
  )
}

builder.queryField('activeUsers', (t) =>
  t.field({
    type: ActiveUsers,
    nullable: true,
    errors: {
      types: [InvalidRangeError, RangeTooLargeError],
      union: { description: 'Active users, or why not.' },
    },
    description:
      'Active users period by period of UTC: new, returning, resurrected and dormant ones. Exact at any age. At most ' +
      `${periodCaps.series.day} days, ${periodCaps.series.week} weeks or ${periodCaps.series.month} months.`,
    args: {
      from: t.arg({
        type: 'DateTime',
        required: true,
        description: 'First day of the first period, midnight UTC.',
      }),
      to: t.arg({
        type: 'DateTime',
        required: true,
        description: 'End of the last period, itself not in it.',
      }),
      period: t.arg({ type: PeriodEnum, required: true, description: 'Length of the periods.' }),
      ...filterArg(),
    },
    resolve: async (_, { from, to, period, filter }, context, info) => {
      const [first, end] = [wholePeriod('from', period, from), wholePeriod('to', period, to)]
      const starts = periodStarts(period, first, end, periodCaps.series[period])
      const facet = oneFacet(filter)
      const withBefore = [periodAfter(period, first, -1), ...starts]
      const rows = await context.read((session) => readActiveUsers(session, facet, period, withBefore))
      const isComplete = await engagementCompleteness(context, info)
      const points = rows.map((row) => {
        const range = periodRange(period, dayOf(row.start.getTime()))
        return {
          ...row,
          end: new Date(range.toMs),
          hasBegun: range.fromMs <= context.clock.minuteMs,
          isComplete: isComplete(range),
        }
      })
      return { period, points }
    },
  }),
)

type Trailing = { day: number; facet: EngagementFacet; isComplete: boolean }

const activeIn = (days: number) => (trailing: Trailing, _: unknown, context: ApiContext) =>
  context.read((session) => readActive(session, 'user', trailing.facet, lastDays(trailing, days)))

const lastDays = ({ day }: Trailing, days: number) => ({ from: day + 1 - days, to: day + 1 })

const MONTH_DAYS = 30
const BITMAPS_COMPLEXITY = 200

const Stickiness = builder.objectRef<Trailing>('Stickiness').implement({
  description: 'Active users of the days that end with one day.',
  fields: (t) => ({
    day: t.field({
      type: 'DateTime',
      description: 'The last of the days, midnight UTC.',
      resolve: ({ day }) => new Date(day * DAY_MS),
    }),
    isComplete: t.field(isCompleteRangeField),
    dailyActive: t.field({
      type: 'BigInt',
      description: 'Users active on the day (DAU).',
      resolve: activeIn(1),
    }),
    weeklyActive: t.field({
      type: 'BigInt',
      complexity: BITMAPS_COMPLEXITY,
      description: 'Users active on at least one of the 7 days that end with the day (WAU).',
      resolve: activeIn(7),
    }),
    monthlyActive: t.field({
      type: 'BigInt',
      complexity: BITMAPS_COMPLEXITY,
      description: `Users active on at least one of the ${MONTH_DAYS} days that end with the day (MAU).`,
      resolve: activeIn(MONTH_DAYS),
    }),
    stickiness: t.float({
      nullable: true,
      complexity: 2 * BITMAPS_COMPLEXITY,
      description:
        `Mean of the users active on each of the ${MONTH_DAYS} days that end with the day, as a part of monthlyActive: 0 to ` +
        '1. Null without any.',
      resolve: async (trailing, _, context) => {
        const days = lastDays(trailing, MONTH_DAYS)
        const monthly = await activeIn(MONTH_DAYS)(trailing, _, context)
        const daily = await context.read((session) => readMeanDailyActive(session, trailing.facet, days))
        return monthly === 0n ? null : daily / Number(monthly)
      },
    }),
    freshness: t.field(engagementFreshnessField),
  }),
})

builder.queryField('stickiness', (t) =>
  t.field({
    type: Stickiness,
    nullable: true,
    errors: { types: [InvalidRangeError], union: { description: 'Active users up to a day, or why not.' } },
    description:
      'Daily, weekly and monthly active users up to a day of UTC, and how often the monthly ones come. Exact.',
    args: {
      day: t.arg({
        type: 'DateTime',
        description: 'The last day, midnight UTC. Left out: yesterday, the last whole one.',
      }),
      ...filterArg(),
    },
    resolve: async (_, { day, filter }, context, info) => {
      const last = day ? wholeDay('day', day) : dayOf(context.clock.minuteMs) - 1
      const range = { fromMs: (last + 1 - MONTH_DAYS) * DAY_MS, toMs: (last + 1) * DAY_MS }
      const isComplete = await engagementCompleteness(context, info)
      return { day: last, facet: oneFacet(filter), isComplete: isComplete(range) }
    },
  }),
)
