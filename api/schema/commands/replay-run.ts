import type { BatchResult } from '../../../domain/batch/replay.ts'
import { byField } from '../../../domain/counts/dimensions.ts'
import type {
  PlannedBatch as PlannedBatchShape,
  PlannedCount as PlannedCountShape,
  ReplayPlan as ReplayPlanShape,
} from '../../../domain/batch/replay-plan.ts'
import type { ReplayRunStatus } from '../../../workflows/run-contract.ts'
import { builder } from '../builder.ts'
import { titleOf, typeOf } from '../fields/dimensions.ts'
import { BatchReplayOutcomeEnum, RunStateEnum } from '../fields/pipeline-enums.ts'
import { refusalField } from './run-fields.ts'

/** A fixed cost per field of a row: how many rows there are is bounded by what a workflow carries. */
const rowsComplexity = { field: 1, multiplier: 100 }

const PlannedBatch = builder.objectRef<PlannedBatchShape>('PlannedBatch').implement({
  description:
    'What replaying a batch would do, found by replaying it in a transaction that was rolled back.',
  fields: (t) => ({
    id: t.field({
      type: 'Offset',
      description: 'Id of the batch (batches).',
      resolve: ({ batchId }) => batchId,
    }),
    partition: t.exposeInt('partition', { description: 'Its partition.' }),
    incarnation: t.exposeInt('incarnation', { description: 'Which log its offsets are of.' }),
    fromOffset: t.expose('from', { type: 'Offset', description: 'First offset.' }),
    toOffset: t.expose('to', { type: 'Offset', description: 'End of the range, itself not in it.' }),
    logins: t.exposeInt('logins', { description: 'Logins that would be counted.' }),
    rejects: t.exposeInt('rejects', { description: 'Records that would be rejected.' }),
    error: t.exposeString('error', {
      nullable: true,
      description: 'Why it would fail again and stay parked; null when it would be counted.',
    }),
  }),
})

const PlannedCount = builder.objectRef<PlannedCountShape>('PlannedCount').implement({
  description: 'A count that would grow.',
  fields: (t) => ({
    hour: t.field({
      type: 'DateTime',
      description: 'Start of the hour, UTC.',
      resolve: ({ hour }) => new Date(hour),
    }),
    ...byField((dimension) =>
      t.field({
        type: typeOf(dimension),
        description: `${titleOf(dimension)}.`,
        resolve: (count) => count[dimension.field],
      }),
    ),
    logins: t.exposeInt('logins', { description: 'Logins that would be added.' }),
  }),
})

const moment = (at: string | null) => (at === null ? null : new Date(at))

const ReplayPlan = builder.objectRef<ReplayPlanShape>('ReplayPlan').implement({
  description:
    'What a replay run will do, as of its start. A batch that is settled meanwhile is not counted twice.',
  fields: (t) => ({
    batches: t.expose('batches', {
      type: [PlannedBatch],
      complexity: rowsComplexity,
      description: 'The parked batches of the filter, in the order in which they are replayed.',
    }),
    logins: t.expose('logins', { type: 'BigInt', description: 'Logins that would be counted.' }),
    rejects: t.expose('rejects', { type: 'BigInt', description: 'Records that would be rejected.' }),
    failing: t.exposeInt('failing', { description: 'Batches that would fail again and stay parked.' }),
    firstEventAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Earliest time of an event that would be counted; null without logins.',
      resolve: ({ firstEventAt }) => moment(firstEventAt),
    }),
    lastEventAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Latest time of an event that would be counted; null without logins.',
      resolve: ({ lastEventAt }) => moment(lastEventAt),
    }),
    counts: t.expose('counts', {
      type: [PlannedCount],
      complexity: rowsComplexity,
      description: 'The counts that would grow, in order of hour; the first 1000 of countsInAll.',
    }),
    countsInAll: t.exposeInt('countsInAll', { description: 'How many counts would grow.' }),
  }),
})

const BatchReplay = builder.objectRef<BatchResult>('BatchReplay').implement({
  description: 'A batch of a run, as it went.',
  fields: (t) => ({
    id: t.field({
      type: 'Offset',
      description: 'Id of the batch (batches).',
      resolve: ({ batchId }) => batchId,
    }),
    partition: t.exposeInt('partition', { description: 'Its partition.' }),
    fromOffset: t.expose('from', { type: 'Offset', description: 'First offset.' }),
    toOffset: t.expose('to', { type: 'Offset', description: 'End of the range, itself not in it.' }),
    outcome: t.expose('outcome', { type: BatchReplayOutcomeEnum, description: 'What became of it.' }),
    logins: t.exposeInt('logins', { description: 'Its logins, as they are counted now.' }),
    rejects: t.exposeInt('rejects', { description: 'Its rejects, as they are counted now.' }),
    error: t.exposeString('error', { description: 'Why it stays parked; empty otherwise.' }),
  }),
})

const ReplayProgress = builder.objectRef<ReplayRunStatus>('ReplayProgress').implement({
  description: 'How far a run is.',
  fields: (t) => ({
    batches: t.int({
      description: 'Batches of the plan; 0 before it is made.',
      resolve: ({ plan }) => plan?.batches.length ?? 0,
    }),
    tried: t.int({ description: 'Those that were tried.', resolve: ({ results }) => results.length }),
    replayed: t.int({
      description: 'Those that this run counted.',
      resolve: ({ results }) => results.filter(({ outcome }) => outcome === 'replayed').length,
    }),
    failed: t.int({
      description: 'Those that failed again and stay parked.',
      resolve: ({ results }) => results.filter(({ outcome }) => outcome === 'failed').length,
    }),
  }),
})

export const ReplayRun = builder.objectRef<ReplayRunStatus>('ReplayRun').implement({
  description: 'A replay of many parked batches, one after the other.',
  fields: (t) => ({
    commandId: t.exposeID('commandId', {
      description:
        'The command that started it: finds it in controlEvents, replayRun and the commands to the run.',
    }),
    topic: t.exposeString('topic', { description: 'Topic of the batches.' }),
    actor: t.exposeString('actor', { description: 'Who started it.' }),
    reason: t.exposeString('reason', { description: 'Why, in the words of the one who started it.' }),
    dryRun: t.exposeBoolean('dryRun', { description: 'Whether it only plans.' }),
    maxPerMinute: t.exposeInt('maxPerMinute', { description: 'Batches a minute that it replays at most.' }),
    state: t.expose('state', { type: RunStateEnum, description: 'What it is doing.' }),
    refusal: t.exposeString('refusal', refusalField),
    plan: t.expose('plan', {
      type: ReplayPlan,
      nullable: true,
      description: 'What it is going to do; null while that is found out.',
    }),
    progress: t.field({ type: ReplayProgress, description: 'How far it is.', resolve: (run) => run }),
    results: t.expose('results', {
      type: [BatchReplay],
      complexity: rowsComplexity,
      description: 'The batches that were tried, in order.',
    }),
  }),
})
