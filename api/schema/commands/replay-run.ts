import type { BatchResult } from '../../../domain/batch/replay.ts'
import { byField } from '../../../domain/counts/dimensions.ts'
import type {
  PlannedBatch as PlannedBatchShape,
  PlannedCount,
  ReplayPlan as ReplayPlanShape,
} from '../../../domain/batch/replay-plan.ts'
import type { ReplayRunStatus } from '../../../workflows/run-contract.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { titleOf, typeOf } from '../fields/dimensions.ts'
import { BatchReplayOutcomeEnum, RunStateEnum } from '../fields/pipeline-enums.ts'
import { refusalField } from './run-fields.ts'

/** A fixed cost per field of a row: how many rows there are is bounded by what a workflow carries. */
const rowsComplexity = { field: 1, multiplier: 100 }

const PlannedBatch = builder.objectRef<PlannedBatchShape>('PlannedBatch').implement({
  extensions: needs('audit'),
  description:
    'What replaying a batch would do, found by replaying it in a transaction that was rolled back.',
  fields: (t) => ({
    batchId: t.field({
      type: 'Offset',
      description: 'Number of the batch (Batch.batchId).',
      resolve: ({ batchId }) => batchId,
    }),
    partition: t.exposeInt('partition', { description: 'Its partition.' }),
    incarnation: t.exposeInt('incarnation', { description: 'Which log its offsets are of.' }),
    fromOffset: t.expose('from', { type: 'Offset', description: 'First offset.' }),
    toOffset: t.expose('to', { type: 'Offset', description: 'End of the range, exclusive.' }),
    attempts: t.exposeInt('logins', { description: 'Attempts that would be counted.' }),
    rejects: t.exposeInt('rejects', { description: 'Records that would be rejected.' }),
    error: t.exposeString('error', {
      nullable: true,
      description: 'Why it would fail again and stay parked; null when it would be counted.',
    }),
  }),
})

const PlannedIncrement = builder.objectRef<PlannedCount>('PlannedIncrement').implement({
  extensions: needs('audit'),
  description: 'A count that would grow.',
  fields: (t) => ({
    start: t.field({
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
    attempts: t.exposeInt('logins', { description: 'Attempts that would be added.' }),
  }),
})

const moment = (at: string | null) => (at === null ? null : new Date(at))

const ReplayPlan = builder.objectRef<ReplayPlanShape>('ReplayPlan').implement({
  extensions: needs('audit'),
  description:
    'What a replay run will do, as of its start. A batch that is settled meanwhile is not counted twice.',
  fields: (t) => ({
    batches: t.expose('batches', {
      type: [PlannedBatch],
      complexity: rowsComplexity,
      description: 'The parked batches of the filter, in the order in which they are replayed.',
    }),
    attempts: t.expose('logins', { type: 'BigInt', description: 'Attempts that would be counted.' }),
    rejects: t.expose('rejects', { type: 'BigInt', description: 'Records that would be rejected.' }),
    failingCount: t.exposeInt('failing', { description: 'Batches that would fail again and stay parked.' }),
    firstEventAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Earliest time of an event that would be counted; null without attempts.',
      resolve: ({ firstEventAt }) => moment(firstEventAt),
    }),
    lastEventAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Latest time of an event that would be counted; null without attempts.',
      resolve: ({ lastEventAt }) => moment(lastEventAt),
    }),
    increments: t.expose('counts', {
      type: [PlannedIncrement],
      complexity: rowsComplexity,
      description: 'The counts that would grow, in order of hour; the first 1000 of incrementCount.',
    }),
    incrementCount: t.exposeInt('countsInAll', { description: 'How many counts would grow.' }),
  }),
})

const BatchReplay = builder.objectRef<BatchResult>('BatchReplay').implement({
  extensions: needs('audit'),
  description: 'A batch of a run, as it went.',
  fields: (t) => ({
    batchId: t.field({
      type: 'Offset',
      description: 'Number of the batch (Batch.batchId).',
      resolve: ({ batchId }) => batchId,
    }),
    partition: t.exposeInt('partition', { description: 'Its partition.' }),
    fromOffset: t.expose('from', { type: 'Offset', description: 'First offset.' }),
    toOffset: t.expose('to', { type: 'Offset', description: 'End of the range, exclusive.' }),
    outcome: t.expose('outcome', { type: BatchReplayOutcomeEnum, description: 'What became of it.' }),
    attempts: t.exposeInt('logins', { description: 'Its attempts, as they are counted now.' }),
    rejects: t.exposeInt('rejects', { description: 'Its rejects, as they are counted now.' }),
    error: t.exposeString('error', { description: 'Why it stays parked; empty otherwise.' }),
  }),
})

const ReplayProgress = builder.objectRef<ReplayRunStatus>('ReplayProgress').implement({
  extensions: needs('audit'),
  description: 'How far a run is.',
  fields: (t) => ({
    batchCount: t.int({
      description: 'Batches of the plan; 0 before it is made.',
      resolve: ({ plan }) => plan?.batches.length ?? 0,
    }),
    triedCount: t.int({ description: 'Those that were tried.', resolve: ({ results }) => results.length }),
    replayedCount: t.int({
      description: 'Those that this run counted.',
      resolve: ({ results }) => results.filter(({ outcome }) => outcome === 'replayed').length,
    }),
    failedCount: t.int({
      description: 'Those that failed again and stay parked.',
      resolve: ({ results }) => results.filter(({ outcome }) => outcome === 'failed').length,
    }),
  }),
})

export const ReplayRun = builder.objectRef<ReplayRunStatus>('ReplayRun').implement({
  extensions: needs('audit'),
  description: 'A replay of many parked batches, one after the other.',
  fields: (t) => ({
    runId: t.exposeID('commandId', {
      description:
        'The commandId of the replayBatches that started it: finds it in controlEvents, replayRun and the commands to the run.',
    }),
    topic: t.exposeString('topic', { description: 'Topic of the batches.' }),
    actor: t.exposeString('actor', { description: 'Who started it.' }),
    reason: t.exposeString('reason', { description: 'Why, in the words of the one who started it.' }),
    isDryRun: t.exposeBoolean('dryRun', { description: 'Whether it only plans.' }),
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
