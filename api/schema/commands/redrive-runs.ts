import { MAX_BATCHES_OF_A_RUN } from '../../../domain/batch/selection.ts'
import type { RejectSelection } from '../../../domain/batch/selection.ts'
import type { RedriveRunStatus } from '../../../workflows/run-contract.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { commandArgs, commandErrors, commandRequest } from './command-args.ts'
import { RejectReasonCount } from '../fields/reject-reason-count.ts'
import { RejectReasonEnum, RunStateEnum } from '../fields/pipeline-enums.ts'
import { refusalField } from './run-fields.ts'
import { TimeRangeInput, timeRange } from '../fields/time-range.ts'

const RedriveFailure = builder.objectRef<{ batchId: string; error: string }>('RedriveFailure').implement({
  extensions: needs('audit'),
  description: 'A batch whose rejects could not be redriven.',
  fields: (t) => ({
    batchId: t.expose('batchId', { type: 'Offset', description: 'Number of the batch (Batch.batchId).' }),
    error: t.exposeString('error', { description: 'Why not.' }),
  }),
})

const RedriveRun = builder.objectRef<RedriveRunStatus>('RedriveRun').implement({
  extensions: needs('audit'),
  description:
    'Rejects decoded again, because a rule was mended: batch by batch, each reject with its history.',
  fields: (t) => ({
    runId: t.exposeID('commandId', {
      description: 'The commandId of the redriveRejectedRecords that started it (redriveRun, controlEvents).',
    }),
    topic: t.exposeString('topic', { description: 'Topic of the rejects.' }),
    actor: t.exposeString('actor', { description: 'Who started it.' }),
    reason: t.exposeString('reason', { description: 'Why, in the words of the one who started it.' }),
    isDryRun: t.exposeBoolean('dryRun', { description: 'Whether it only says what would come of it.' }),
    state: t.expose('state', { type: RunStateEnum, description: 'What it is doing.' }),
    refusal: t.exposeString('refusal', refusalField),
    batchCount: t.exposeInt('batches', { description: 'Batches that hold rejects of the filter.' }),
    doneCount: t.exposeInt('batchesDone', { description: 'Those that are done.' }),
    examinedRejects: t.expose('examined', {
      type: 'BigInt',
      description: 'Rejects that were decoded again.',
    }),
    attempts: t.expose('logins', {
      type: 'BigInt',
      description: 'Of those: attempts by now, counted and published. In a dry run: would be.',
    }),
    remainingRejects: t.field({
      type: [RejectReasonCount],
      description: 'The others, by the reason why they are no attempts, as of now.',
      resolve: ({ stay }) => stay.map(({ reason, rejects }) => [reason, BigInt(rejects)] as const),
    }),
    failedBatches: t.expose('failures', {
      type: [RedriveFailure],
      description: 'Batches that could not be redriven; their rejects stay as they are.',
    }),
  }),
})

const RedriveFilter = builder.inputType('RedriveFilter', {
  description:
    'Which rejects, of those not redriven yet; all conditions must hold. Example: {reasons: [TOO_LARGE]}.',
  fields: (t) => ({
    reasons: t.field({ type: [RejectReasonEnum], description: 'Any of these reasons.' }),
    partitions: t.intList({ description: 'Any of these partitions.' }),
    batchIds: t.field({ type: ['Offset'], description: 'Of any of these batches.' }),
    rejectedAt: t.field({ type: TimeRangeInput, description: 'When they were rejected.' }),
  }),
})

function selectionOf(filter: typeof RedriveFilter.$inferInput | null | undefined): RejectSelection {
  const rejected = timeRange(filter?.rejectedAt)
  return {
    reasons: filter?.reasons ?? null,
    partitions: filter?.partitions ?? null,
    batchIds: filter?.batchIds?.map(String) ?? null,
    rejectedFrom: rejected.from?.toISOString() ?? null,
    rejectedTo: rejected.to?.toISOString() ?? null,
  }
}

builder.mutationField('redriveRejectedRecords', (t) =>
  t.field({
    extensions: needs('commands'),
    type: RedriveRun,
    nullable: true,
    errors: { types: commandErrors, union: { description: 'The run, or why there is none.' } },
    description:
      `Decodes the rejects of at most ${MAX_BATCHES_OF_A_RUN} batches again, after a rule was mended: those that are attempts now are counted ` +
      'and published once, the others stay. Returns when that is done, or after some seconds with what is done so far; redriveRun tells how the ' +
      'run goes on. The same commandId sent again is the same run.',
    args: {
      topic: t.arg.string({ description: 'Topic of the rejects; default: the one that is counted.' }),
      filter: t.arg({ type: RedriveFilter, description: 'Which rejects; default: all.' }),
      dryRun: t.arg.boolean({
        required: true,
        description: 'True: only says what would come of it, and changes nothing.',
      }),
      ...commandArgs(),
    },
    resolve: (_, args, context) =>
      context.commands.startRedriveRun({
        ...commandRequest(args, context),
        topic: args.topic ?? context.topic,
        selection: selectionOf(args.filter),
        dryRun: args.dryRun,
      }),
  }),
)

builder.queryField('redriveRun', (t) =>
  t.field({
    extensions: needs('audit'),
    type: RedriveRun,
    nullable: true,
    description:
      'A run that redrives rejects, under way or ended. Its workflow answers, for as long as Temporal keeps the ' +
      'workflow.',
    args: {
      runId: t.arg.id({
        required: true,
        description: 'commandId of the redriveRejectedRecords that started the run.',
      }),
    },
    resolve: (_, { runId }, context) => context.runs.redriveRun(runId),
  }),
)
