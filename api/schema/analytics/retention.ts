import { attemptsArg } from './attempts-arg.ts'
import { engagementFreshnessField } from './engagement-freshness.ts'
import { limits } from '../../context/limits.ts'
import { needs } from '../../context/permission.ts'
import {
  answerRetention,
  type CohortAnswer,
  type RetentionAnswer,
} from '../../questions/retention/answer-retention.ts'
import { DEFAULT_SPANS, spanCaps } from '../../questions/retention/retention-spans.ts'
import { builder } from '../builder.ts'
import { BucketEnum, WeekdayEnum } from '../fields/analytics-enums.ts'
import { DimensionEnum } from '../fields/dimensions.ts'
import { isCompleteField } from '../fields/marks.ts'
import { fromField, toField } from '../fields/range-fields.ts'
import { SetBasisEnum } from '../fields/set-basis.ts'

type Spanned = Pick<CohortAnswer, 'range' | 'setBasis'>

const startField = {
  type: 'DateTime' as const,
  description: 'First moment of the span.',
  resolve: ({ range }: Spanned) => new Date(range.fromMs),
}

const endField = {
  type: 'DateTime' as const,
  description: 'End of the span, exclusive.',
  resolve: ({ range }: Spanned) => new Date(range.toMs),
}

const CohortPointType = builder.objectRef<CohortAnswer['points'][number]>('CohortPoint').implement({
  extensions: needs('figures'),
  description: 'Users of a cohort in one span.',
  fields: (t) => ({
    index: t.exposeInt('index', {
      description: 'How many spans after that of the cohort, whose own is 0.',
    }),
    start: t.field(startField),
    end: t.field(endField),
    users: t.expose('users', {
      type: 'BigInt',
      description: 'Users of the cohort who were active in the span.',
    }),
    share: t.exposeFloat('share', {
      description: 'users as part of all users of the cohort, from 0 to 1; 0 if it has none.',
    }),
    isComplete: t.field(isCompleteField),
    setBasis: t.expose('setBasis', {
      type: SetBasisEnum,
      description: 'What the users of this span were counted by.',
    }),
  }),
})

const CohortType = builder.objectRef<CohortAnswer>('Cohort').implement({
  extensions: needs('figures'),
  description: 'Users who were first active in a span.',
  fields: (t) => ({
    start: t.field(startField),
    end: t.field(endField),
    values: t.exposeStringList('values', {
      description:
        'The values of `groupBy` on the day (UTC) on which its users were first active, as MeasuredGroup.values has them; a user with ' +
        'two values is in both cohorts.',
    }),
    users: t.expose('users', { type: 'BigInt', description: 'Its users.' }),
    isComplete: t.field({
      ...isCompleteField,
      description: `Of the span of the cohort. ${isCompleteField.description}`,
    }),
    points: t.expose('points', {
      type: [CohortPointType],
      complexity: { field: 1, multiplier: 30 },
      description: 'From its own span to the last one of the answer, also those without users.',
    }),
    setBasis: t.expose('setBasis', { type: SetBasisEnum, description: 'What its users were counted by.' }),
  }),
})

const Retention = builder.objectRef<RetentionAnswer>('Retention').implement({
  extensions: needs('figures'),
  description: 'Users by the span in which they were first active, and who came back.',
  fields: (t) => ({
    from: t.field(fromField((retention) => retention)),
    to: t.field(toField((retention) => retention)),
    timeZone: t.exposeString('timeZone', { description: 'Whose calendar the spans follow.' }),
    bucket: t.expose('bucket', { type: BucketEnum, description: 'Length of the spans.' }),
    groupBy: t.expose('groupBy', {
      type: [DimensionEnum],
      description: 'Dimensions that cohorts are divided by, without repetitions.',
    }),
    cohorts: t.expose('cohorts', {
      type: [CohortType],
      complexity: { field: 1, multiplier: 30 },
      description:
        'In order of time and value; cohorts without users are absent, unless `emptyCohorts` asks for them.',
    }),
    freshness: t.field(engagementFreshnessField),
  }),
})

const retentionArgs = () =>
  builder.args((t) => ({
    from: t.field({
      type: 'Moment',
      description: `Start of the first cohort, and of a bucket. Default: ${DEFAULT_SPANS} buckets before \`to\`.`,
    }),
    to: t.field({
      type: 'Moment',
      description:
        'End of the last cohort, exclusive, and of a bucket. Every bucket of the range in which somebody was new is a cohort, which is followed to the last of ' +
        `them that has begun; at most ${spanCaps.longer}, or ${spanCaps.day} of DAY. Default: the start of the bucket that is running.`,
    }),
    bucket: t.field({
      type: BucketEnum,
      required: true,
      defaultValue: 'week',
      description: 'Length of the spans: DAY or longer.',
    }),
    weekStart: t.field({
      type: WeekdayEnum,
      required: true,
      defaultValue: 1,
      description: 'First day of weeks.',
    }),
    timeZone: t.string({
      required: true,
      defaultValue: 'UTC',
      description:
        'Time zone of the spans, by its IANA name, such as Europe/Berlin, or its offset, such as +05:30.',
    }),
    groupBy: t.field({
      type: [DimensionEnum],
      required: { list: true, items: true },
      defaultValue: [],
      description:
        'Dimension to divide cohorts by, one at most: DEVICE_TYPE, APP_VERSION, LOCALE or OUTCOME. Example: [DEVICE_TYPE].',
    }),
    emptyCohorts: t.boolean({
      required: true,
      defaultValue: false,
      description:
        'Whether every bucket of the range is a cohort, also one in which nobody was new; with `groupBy`, for each value that a cohort ' +
        'of the answer has, so that a table or a chart is without gaps. Example: true.',
    }),
  }))

builder.queryField('retention', (t) =>
  t.field({
    type: Retention,
    nullable: true,
    description:
      'Users by the span in which they were first active, and how many of them were active in each span since. Exact: by `timeZone` ' +
      `for SET_RETENTION_DAYS, at any age by days of UTC. There is no filter: \`groupBy\` has cohorts of each value. At most ${limits.rows} values. Example: ` +
      'retention(bucket: WEEK, timeZone: "Europe/Berlin") { cohorts { start users points { index share } } }.',
    extensions: { expensive: true, readsSets: true, ...needs('figures') },
    args: { ...retentionArgs(), ...attemptsArg() },
    resolve: (_, args, context, info) => answerRetention(context, args, info),
  }),
)
