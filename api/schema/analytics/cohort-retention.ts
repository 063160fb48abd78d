import { readCohorts } from '../../../db/read/engagement/cohorts.ts'
import { type Cohort, type CohortPeriod, cohortsOf } from '../../../domain/engagement/cohorts.ts'
import { dayOf, type Period, periodAfter, periodStart } from '../../../domain/time/period.ts'
import { builder } from '../builder.ts'
import { limits, tooManyRows } from '../../context/limits.ts'
import { InvalidRangeError, RangeTooLargeError, TooManyRowsError } from '../../context/errors.ts'
import { checkPeriods, periodCaps, periodRange, wholePeriod } from '../../questions/periods.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { engagementCompleteness } from '../../questions/engagement-freshness.ts'
import type { IsComplete } from '../../questions/bucket-completeness.ts'
import { engagementFreshnessField } from './engagement-freshness.ts'
import { isCompleteField } from '../fields/marks.ts'
import { PeriodEnum } from '../fields/analytics-enums.ts'
import { CohortByEnum } from '../fields/dimensions.ts'

type CohortPeriodShape = CohortPeriod & { range: TimeBucket; isComplete: boolean }

const CohortPeriodType = builder.objectRef<CohortPeriodShape>('CohortPeriod').implement({
  description: 'Users of a cohort in one period since it began.',
  fields: (t) => ({
    offset: t.exposeInt('offset', { description: 'Periods since that of the cohort, which is 0.' }),
    start: t.field({
      type: 'DateTime',
      description: 'First day of the period, midnight UTC.',
      resolve: ({ range }) => new Date(range.fromMs),
    }),
    end: t.field({
      type: 'DateTime',
      description: 'End of it, itself not in it.',
      resolve: ({ range }) => new Date(range.toMs),
    }),
    isComplete: t.field(isCompleteField),
    users: t.expose('users', {
      type: 'BigInt',
      description: 'Users of the cohort with at least one accepted login in the period.',
    }),
    share: t.exposeFloat('share', { description: 'Of all users of the cohort, from 0 to 1.' }),
  }),
})

type CohortShape = Omit<Cohort, 'periods'> & { isComplete: boolean; periods: CohortPeriodShape[] }

const CohortType = builder.objectRef<CohortShape>('Cohort').implement({
  description: 'Users whose first day lies in a period.',
  fields: (t) => ({
    start: t.field({
      type: 'DateTime',
      description: 'First day of the period, midnight UTC.',
      resolve: ({ start }) => new Date(start),
    }),
    isComplete: t.field({
      ...isCompleteField,
      description: `Of the period of the cohort. ${isCompleteField.description}`,
    }),
    value: t.exposeString('value', {
      nullable: true,
      description: 'What the cohort is divided by, as it is stored, such as 2.3.0 or iOS; null when by NONE.',
    }),
    users: t.expose('users', { type: 'BigInt', description: 'Users of the cohort.' }),
    periods: t.expose('periods', {
      type: [CohortPeriodType],
      complexity: { field: 1, multiplier: 30 },
      description:
        'From the period of the cohort to the latest one asked for that has begun; periods without users are listed ' +
        'too.',
    }),
  }),
})

const CohortRetention = builder
  .objectRef<{ period: Period; cohorts: CohortShape[] }>('CohortRetention')
  .implement({
    description: 'How many users of each cohort came back, period by period.',
    fields: (t) => ({
      period: t.expose('period', { type: PeriodEnum, description: 'Length of the periods.' }),
      cohorts: t.expose('cohorts', {
        type: [CohortType],
        complexity: { field: 1, multiplier: 30 },
        description: 'In order of start and value; cohorts without users are absent.',
      }),
      freshness: t.field(engagementFreshnessField),
    }),
  })

builder.queryField('cohortRetention', (t) =>
  t.field({
    type: CohortRetention,
    nullable: true,
    errors: {
      types: [InvalidRangeError, RangeTooLargeError, TooManyRowsError],
      union: { description: 'Retention by cohort, or why not.' },
    },
    description:
      'Users by the period of their first day, and how many of them were active in each period since. Exact at any age. At ' +
      `most ${periodCaps.cohorts.day} days, ${periodCaps.cohorts.week} weeks or months, and ${limits.rows} cells.`,
    extensions: { expensive: true },
    args: {
      period: t.arg({ type: PeriodEnum, required: true, description: 'Length of the periods.' }),
      from: t.arg({
        type: 'DateTime',
        required: true,
        description: 'First day of the first cohort, midnight UTC.',
      }),
      periods: t.arg.int({
        required: true,
        description:
          'How many periods from the first one on: there are as many cohorts, and each is followed to the last period.',
      }),
      by: t.arg({ type: CohortByEnum, defaultValue: 'none', description: 'What cohorts are divided by.' }),
    },
    resolve: async (_, { period, from, periods, by }, context, info) => {
      const first = wholePeriod('from', period, from)
      if (periods < 1) throw new InvalidRangeError('periods must be at least 1')
      checkPeriods(periods, periodCaps.cohorts[period], period)
      const latest = periodStart(period, dayOf(context.clock.minuteMs))
      if (first > latest) throw new InvalidRangeError('from must not be in a period that has not begun')
      const starts = Array.from({ length: periods }, (_, i) => periodAfter(period, first, i))
      const begun = starts.filter((start) => start <= latest)
      const cells = await context.read((session) =>
        readCohorts(session, period, begun, by === 'none' ? null : (by ?? null), limits.rows + 1),
      )
      if (cells.length > limits.rows) throw tooManyRows()
      const isComplete = await engagementCompleteness(context, info)
      const cohorts = cohortsOf(cells, begun).map((cohort) => withPeriods(cohort, period, isComplete))
      return { period, cohorts }
    },
  }),
)

function withPeriods(cohort: Cohort, period: Period, isComplete: IsComplete): CohortShape {
  const first = dayOf(Date.parse(cohort.start))
  const periods = cohort.periods.map((one) => {
    const range = periodRange(period, periodAfter(period, first, one.offset))
    return { ...one, range, isComplete: isComplete(range) }
  })
  return { ...cohort, isComplete: isComplete(periodRange(period, first)), periods }
}
