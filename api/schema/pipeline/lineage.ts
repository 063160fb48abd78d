import type { Contribution } from '../../../db/read/ledger/lineage.ts'
import { builder } from '../builder.ts'
import { UnsupportedCombinationError } from '../../context/errors.ts'
import { EXPENSIVE_COMPLEXITY } from '../../plugins/limit-expensive.ts'
import { limits, minuteRange } from '../../context/limits.ts'
import { needs } from '../../context/permission.ts'
import { type Lineage as LineageShape, traceRange } from '../../pipeline/lineage.ts'
import { isByMembers } from '../../questions/measures/resolve-members.ts'
import { knownFilter } from '../../questions/resolve-filter.ts'
import { AttemptFilterInput } from '../fields/attempt-filter.ts'
import { calendarOf } from '../../questions/question-range.ts'
import { completenessFor } from '../../questions/bucket-completeness.ts'
import { freshnessField } from '../fields/freshness.ts'
import { isCompleteField } from '../fields/marks.ts'

export const ContributionType = builder.objectRef<Contribution>('Contribution').implement({
  extensions: needs('figures'),
  description: 'What a batch added to a point of a chart, or to another range.',
  fields: (t) => ({
    batchId: t.expose('batch_id', { type: 'Offset', description: 'The batch (batch).' }),
    revision: t.exposeInt('revision', {
      description:
        '0: what the batch added when it was first written. Higher: what a replay or a redrive of rejects added.',
    }),
    partition: t.exposeInt('partition', { description: 'Partition of the batch.' }),
    incarnation: t.exposeInt('incarnation', {
      description: 'Which log of the partition its offsets are of.',
    }),
    fromOffset: t.expose('from_offset', { type: 'Offset', description: 'First offset of the batch.' }),
    toOffset: t.expose('to_offset', { type: 'Offset', description: 'End of the batch, exclusive.' }),
    attempts: t.expose('logins', { type: 'BigInt', description: 'Attempts that it added.' }),
    committedAt: t.expose('counted_at', { type: 'DateTime', description: 'When they were counted.' }),
  }),
})

const Lineage = builder.objectRef<LineageShape & { isComplete: boolean }>('Lineage').implement({
  extensions: needs('figures'),
  description: 'A point of a chart, or any other range, and what made it.',
  fields: (t) => ({
    from: t.field({
      type: 'DateTime',
      description: 'First moment of the range.',
      resolve: ({ fromMs }) => new Date(fromMs),
    }),
    to: t.field({
      type: 'DateTime',
      description: 'End of the range, exclusive.',
      resolve: ({ toMs }) => new Date(toMs),
    }),
    isComplete: t.field(isCompleteField),
    attempts: t.expose('logins', {
      type: 'BigInt',
      description: 'Attempts of the range, as `measures` has them: the sum of the contributions.',
    }),
    contributions: t.expose('contributions', {
      type: [ContributionType],
      // Capped by their number; only what is asked of each counts here.
      complexity: { field: 1, multiplier: 100 },
      description: 'In the order in which they were counted.',
    }),
    freshness: t.field(freshnessField),
  }),
})

builder.queryField('lineage', (t) =>
  t.field({
    type: Lineage,
    nullable: true,
    description: `From a point of a chart to the batches that made it; at most ${limits.batches}, of ${limits.buckets} minutes (almost 7 days) at most. Example: lineage(from: "2026-11-25T07:00Z", to: "2026-11-25T08:00Z") { attempts contributions { batchId attempts } }.`,
    complexity: EXPENSIVE_COMPLEXITY,
    extensions: { expensive: true, ...needs('figures') },
    args: {
      from: t.arg({
        type: 'Moment',
        required: true,
        description: 'First moment of the range, by the time of the event; on a whole minute.',
      }),
      to: t.arg({ type: 'Moment', required: true, description: 'End of the range, exclusive.' }),
      timeZone: t.arg.string({
        required: true,
        defaultValue: 'UTC',
        description:
          'Time zone of dates, by its IANA name, such as Europe/Berlin, or its offset, such as +05:30.',
      }),
      filter: t.arg({
        type: AttemptFilterInput,
        description: 'Which attempts, by dimensions alone; default: all.',
      }),
    },
    resolve: async (_, { from, to, timeZone, filter }, context, info) => {
      const zone = calendarOf(timeZone, 1)
      const range = minuteRange(from, to, context.clock.minuteMs, zone)
      if (isByMembers(filter))
        throw new UnsupportedCombinationError(
          'lineage is not known by users, devices or addresses: leave them out of the filter, or ask for their attempts (attempts)',
          'filter',
        )
      const lineage = await traceRange(context, range, await knownFilter(context, filter, info))
      return { ...lineage, isComplete: (await completenessFor(context, info))(lineage) }
    },
  }),
)
