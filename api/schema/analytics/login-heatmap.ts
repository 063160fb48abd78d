import { type HeatmapCell, heatmapOf } from '../../../domain/counts/heatmap.ts'
import { loginsByPlace } from '../../../domain/counts/series.ts'
import { builder } from '../builder.ts'
import { countSeries } from '../../questions/count-series.ts'
import { InvalidRangeError, RangeTooLargeError, TooManyRowsError } from '../../context/errors.ts'
import { type QuestionRange, questionRange } from '../../questions/question-range.ts'
import { bucketArgs, countFilter } from './count-args.ts'
import { completenessFor } from '../../questions/bucket-completeness.ts'
import { freshnessField } from '../fields/freshness.ts'
import { isCompleteRangeField } from '../fields/marks.ts'
import { fromField, toField } from '../fields/range-fields.ts'

const HeatmapCellType = builder.objectRef<HeatmapCell>('HeatmapCell').implement({
  description: 'An hour of a weekday.',
  fields: (t) => ({
    weekday: t.exposeInt('weekday', { description: 'Day of the week: 1 Monday to 7 Sunday (ISO 8601).' }),
    hour: t.exposeInt('hour', { description: 'Hour of the clock, 0 to 23.' }),
    logins: t.expose('logins', {
      type: 'BigInt',
      description: 'Accepted logins of all such hours of the range.',
    }),
    occurrences: t.exposeInt('occurrences', {
      description:
        'How often this hour occurs in the range, including one that has only begun. An hour that the clock repeats ' +
        'counts twice; one that it skips does not count.',
    }),
    mean: t.float({
      description: 'Logins of such an hour on average; 0 when there is none.',
      resolve: ({ logins, occurrences }) => (occurrences === 0 ? 0 : Number(logins) / occurrences),
    }),
  }),
})

type HeatmapShape = { range: QuestionRange; isComplete: boolean; cells: HeatmapCell[] }

const LoginHeatmap = builder.objectRef<HeatmapShape>('LoginHeatmap').implement({
  description: 'When in the week people log in.',
  fields: (t) => ({
    from: t.field(fromField(({ range }) => range)),
    to: t.field(toField(({ range }) => range)),
    isComplete: t.field(isCompleteRangeField),
    cells: t.expose('cells', {
      type: [HeatmapCellType],
      complexity: { field: 1, multiplier: 168 },
      description: 'All 168, in order of weekday and hour.',
    }),
    freshness: t.field(freshnessField),
  }),
})

/** The default range has whole weeks, so that each cell occurs equally often. */
const DEFAULT_WEEKS = 4
const LEFT_OUT = {
  from: `${DEFAULT_WEEKS} weeks before \`to\``,
  to: 'the end of the last whole week, or of the current hour if `from` is given',
}

builder.queryField('loginHeatmap', (t) =>
  t.field({
    type: LoginHeatmap,
    nullable: true,
    errors: {
      types: [InvalidRangeError, RangeTooLargeError, TooManyRowsError],
      union: { description: 'The heatmap, or why not.' },
    },
    description: `Logins by weekday and hour of the clock of a time zone. Without a range: the last ${DEFAULT_WEEKS} whole weeks.`,
    // It adds up every hour of several weeks.
    extensions: { expensive: true },
    args: bucketArgs(LEFT_OUT),
    resolve: async (_, args, context, info) => {
      const { timeZone } = args
      const { calendar } = questionRange('week', { timeZone }, context.clock.minuteMs)
      const lastWeek = args.from ? null : new Date(calendar.startOf('week', context.clock.minuteMs))
      const to = args.to ?? lastWeek
      const from = args.from ?? (to && new Date(calendar.shift('week', to.getTime(), -DEFAULT_WEEKS)))
      const range = questionRange('hour', { from, to, timeZone }, context.clock.minuteMs)
      const question = {
        source: { kind: 'now' as const },
        groupBy: [],
        filter: countFilter(args.filter),
      }
      const [series] = (await countSeries(context, range.buckets, question)).values()
      const logins = series === undefined ? [] : loginsByPlace(series, range.buckets.length)
      const isComplete = (await completenessFor(context, info))(range)
      return { range, isComplete, cells: heatmapOf(calendar, range.buckets, logins) }
    },
  }),
)
