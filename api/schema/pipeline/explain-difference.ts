import type { Change } from '../../../db/read/counts/changes-between.ts'
import type { AttemptTally, CauseKind, CausedChange } from '../../../domain/pipeline/difference.ts'
import { builder } from '../builder.ts'
import { EXPENSIVE_COMPLEXITY } from '../../plugins/limit-expensive.ts'
import { limits, minuteRange } from '../../context/limits.ts'
import { pointOf } from '../../pipeline/answer-point.ts'
import {
  type DifferenceExplanation as Explanation,
  explainDifference,
} from '../../pipeline/explain-difference.ts'
import { isByMembers } from '../../questions/measures/resolve-members.ts'
import { UnsupportedCombinationError } from '../../context/errors.ts'
import { needs } from '../../context/permission.ts'
import { calendarOf } from '../../questions/question-range.ts'
import { knownFilter } from '../../questions/resolve-filter.ts'
import { AttemptFilterInput } from '../fields/attempt-filter.ts'
import { capitals } from '../fields/enum-values.ts'
import { freshnessField } from '../fields/freshness.ts'
import { fromField, toField } from '../fields/range-fields.ts'
import { ContributionType } from './lineage.ts'

const CauseKindEnum = builder.enumType('DifferenceCauseKind', {
  description: 'Why counts of a range changed.',
  values: capitals<CauseKind | 'retention'>({
    batches: 'Batches with attempts that were counted within an hour after their minute was over.',
    late: 'Attempts that were counted later than that.',
    replay: 'A parked batch was replayed.',
    redrive: 'Rejects were redriven.',
    retention:
      'Minutes, finer lists or rows of the range went: the same attempts are counted, by longer times. Adds 0 attempts.',
  }),
})

const loginsOf = ({ attempts, failures }: AttemptTally): bigint => attempts - failures

type CauseShape = AttemptTally & {
  kind: CauseKind | 'retention'
  message: string
  changes: CausedChange<Change>[]
}

const DifferenceCause = builder.objectRef<CauseShape>('DifferenceCause').implement({
  extensions: needs('figures'),
  description: 'One cause of a difference.',
  fields: (t) => ({
    kind: t.expose('kind', { type: CauseKindEnum, description: 'Which cause it is.' }),
    attempts: t.expose('attempts', {
      type: 'BigInt',
      description: 'Attempts that it added; negative when the later point lacks them.',
    }),
    logins: t.field({
      type: 'BigInt',
      description: 'Logins of these.',
      resolve: loginsOf,
    }),
    failures: t.expose('failures', { type: 'BigInt', description: 'Failures of these.' }),
    message: t.exposeString('message', {
      description: 'In words, with the commands that caused it if some did.',
    }),
    contributions: t.field({
      type: [ContributionType],
      // Capped by their number; only what is asked of each counts here.
      complexity: { field: 1, multiplier: 100 },
      description: 'The batches and revisions in the order in which they were written, by what each added.',
      resolve: ({ changes }) => changes.map(({ change, attempts }) => ({ ...change, logins: attempts })),
    }),
  }),
})

const TallyType = builder.objectRef<AttemptTally>('AttemptTally').implement({
  extensions: needs('figures'),
  description: 'Attempts of a range, or a difference between two numbers of them.',
  fields: (t) => ({
    attempts: t.expose('attempts', { type: 'BigInt', description: 'Attempts.' }),
    logins: t.field({
      type: 'BigInt',
      description: 'Logins of these.',
      resolve: loginsOf,
    }),
    failures: t.expose('failures', { type: 'BigInt', description: 'Failures of these.' }),
  }),
})

const DifferenceExplanation = builder.objectRef<Explanation>('DifferenceExplanation').implement({
  extensions: needs('figures'),
  description: 'Why two answers about the same range differ.',
  fields: (t) => ({
    from: t.field(fromField((explanation) => explanation)),
    to: t.field(toField((explanation) => explanation)),
    earlier: t.expose('earlier', { type: TallyType, description: 'What the earlier point includes.' }),
    later: t.expose('later', { type: TallyType, description: 'What the later point includes.' }),
    difference: t.expose('difference', {
      type: TallyType,
      description:
        '`later` minus `earlier`; negative where `earlier` includes more, as when it is after `later`.',
    }),
    causes: t.expose('causes', {
      type: [DifferenceCause],
      description: 'What lies between, in order of the causes: they add up to the difference.',
    }),
    unexplained: t.expose('unexplained', {
      type: TallyType,
      description:
        'What of the difference no cause has: 0, unless the ledger and the counts disagree (reconciliation).',
    }),
    freshness: t.field(freshnessField),
  }),
})

const AnswerPoint = builder.inputType('AnswerPoint', {
  description:
    'A moment, an answer or a batch. Exactly one field is given. An `earlier` that is after `later` is not refused: the ' +
    'difference is the other way round then, and negative where attempts were added.',
  isOneOf: true,
  fields: (t) => ({
    at: t.field({ type: 'Moment', description: 'What was counted at this moment.' }),
    position: t.string({ description: 'What an answer included: its freshness.position.' }),
    batchId: t.field({
      type: 'Offset',
      description: 'What was counted once this batch was written (Batch.batchId).',
    }),
  }),
})

builder.queryField('explainDifference', (t) =>
  t.field({
    type: DifferenceExplanation,
    nullable: true,
    description:
      'Which batches, late attempts, replays, redrives and retentions lie between two moments or two answers. Their numbers add up ' +
      `to the difference. At most ${limits.batches} batches with events around the range. Example: ` +
      'explainDifference(from: "2026-11-24", to: "2026-11-25", earlier: {at: "2026-11-25T06:00:00Z"}) { difference { attempts } causes { kind attempts } }.',
    complexity: EXPENSIVE_COMPLEXITY,
    extensions: { expensive: true, ...needs('figures') },
    args: {
      from: t.arg({
        type: 'Moment',
        description:
          'First moment of the range, by the time of the event; on a whole minute. Default: 24 hours before `to`.',
      }),
      to: t.arg({
        type: 'Moment',
        description:
          'End of the range, exclusive; on a whole minute. Default: the end of the current minute.',
      }),
      timeZone: t.arg.string({
        required: true,
        defaultValue: 'UTC',
        description:
          'Time zone of dates, by its IANA name, such as Europe/Berlin, or its offset, such as +05:30.',
      }),
      earlier: t.arg({ type: AnswerPoint, required: true, description: 'The earlier point.' }),
      later: t.arg({ type: AnswerPoint, description: 'The later point; default: now.' }),
      filter: t.arg({
        type: AttemptFilterInput,
        description: 'Which attempts, by dimensions alone; default: all.',
      }),
    },
    resolve: async (_, { from, to, timeZone, filter, ...points }, context, info) => {
      const zone = calendarOf(timeZone, 1)
      const range = minuteRange(from ?? null, to ?? null, context.clock.minuteMs, zone)
      if (isByMembers(filter))
        throw new UnsupportedCombinationError(
          'a difference is not known by users, devices or addresses: leave them out of the filter',
          'filter',
        )
      const earlier = await pointOf(context, 'earlier', points.earlier, zone)
      const later = points.later ? await pointOf(context, 'later', points.later, zone) : null
      const asked = { range, filter: await knownFilter(context, filter, info) }
      return await explainDifference(context, { earlier, later }, asked)
    },
  }),
)
