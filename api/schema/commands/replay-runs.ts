import { MAX_BATCHES_OF_A_RUN } from '../../../domain/batch/selection.ts'
import type { BatchSelection } from '../../../domain/batch/selection.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { MAX_PER_MINUTE } from '../../commands/replay-runs.ts'
import { commandArgs, commandErrors, commandRequest } from './command-args.ts'
import { ReplayRun } from './replay-run.ts'
import { TimeRangeInput, timeRange } from '../fields/time-range.ts'

const ParkedBatchFilter = builder.inputType('ParkedBatchFilter', {
  description:
    'Which parked batches; all conditions must hold. Example: {errorContains: "check constraint", parkedAt: {from: "2026-11-01"}}.',
  fields: (t) => ({
    batchIds: t.field({
      type: ['Offset'],
      description: 'Any of these batches; those not parked are passed over.',
    }),
    partitions: t.intList({ description: 'Any of these partitions.' }),
    fromOffset: t.field({
      type: 'Offset',
      description: 'With toOffset: only batches that hold an offset of [fromOffset, toOffset).',
    }),
    toOffset: t.field({ type: 'Offset', description: 'End of the offsets, exclusive.' }),
    parkedAt: t.field({ type: TimeRangeInput, description: 'When they were parked.' }),
    errorContains: t.string({
      extensions: needs('failures'),
      description: 'Only if the error contains this text; upper and lower case are the same.',
    }),
  }),
})

function selectionOf(filter: typeof ParkedBatchFilter.$inferInput | null | undefined): BatchSelection {
  const parked = timeRange(filter?.parkedAt)
  return {
    ids: filter?.batchIds?.map(String) ?? null,
    partitions: filter?.partitions ?? null,
    fromOffset: filter?.fromOffset?.toString() ?? null,
    toOffset: filter?.toOffset?.toString() ?? null,
    parkedFrom: parked.from?.toISOString() ?? null,
    parkedTo: parked.to?.toISOString() ?? null,
    error: filter?.errorContains ?? null,
  }
}

const DEFAULT_PER_MINUTE = 60

builder.mutationField('replayBatches', (t) =>
  t.field({
    extensions: needs('commands'),
    type: ReplayRun,
    nullable: true,
    errors: { types: commandErrors, union: { description: 'The run, or why there is none.' } },
    description:
      `Replays many parked batches, ${MAX_BATCHES_OF_A_RUN} at most, as a run of its own. Returns once the plan is made, or after ten seconds with the ` +
      'state PLANNING; replayRun tells how the run goes on. The same commandId sent again is the same run.',
    args: {
      topic: t.arg.string({ description: 'Topic of the batches; default: the one that is counted.' }),
      filter: t.arg({ type: ParkedBatchFilter, description: 'Which parked batches; default: all.' }),
      dryRun: t.arg.boolean({
        required: true,
        description: 'True: only plans, and counts nothing. False: plans, and then replays.',
      }),
      maxPerMinute: t.arg.int({
        required: true,
        defaultValue: DEFAULT_PER_MINUTE,
        description: `Batches a minute at most, 1 to ${MAX_PER_MINUTE}: live ingestion shares the database with them.`,
      }),
      ...commandArgs(),
    },
    resolve: (_, args, context) =>
      context.commands.startReplayRun({
        ...commandRequest(args, context),
        topic: args.topic ?? context.topic,
        selection: selectionOf(args.filter),
        dryRun: args.dryRun,
        maxPerMinute: args.maxPerMinute,
      }),
  }),
)

const controls = [
  {
    field: 'pauseReplayRun',
    command: 'pause_run',
    description: 'Stops a replay run after the batch in hand, until it is resumed.',
  },
  {
    field: 'resumeReplayRun',
    command: 'resume_run',
    description: 'Goes on with a replay run that is paused.',
  },
  {
    field: 'cancelReplayRun',
    command: 'cancel_run',
    description: 'Ends a replay run after the batch in hand; what it did not reach stays parked.',
  },
] as const

for (const { field, command, description } of controls) {
  builder.mutationField(field, (t) =>
    t.field({
      extensions: needs('commands'),
      type: ReplayRun,
      nullable: true,
      errors: { types: commandErrors, union: { description: 'The run as it stands now, or why not.' } },
      description,
      args: {
        runId: t.arg.id({
          required: true,
          description: 'commandId of the replayBatches that started the run.',
        }),
        ...commandArgs(),
      },
      resolve: (_, args, context) =>
        context.commands.controlReplayRun({ ...commandRequest(args, context), command, run: args.runId }),
    }),
  )
}

builder.queryField('replayRun', (t) =>
  t.field({
    extensions: needs('audit'),
    type: ReplayRun,
    nullable: true,
    description:
      'A replay run, under way or ended. Its workflow answers, for as long as Temporal keeps the workflow.',
    args: {
      runId: t.arg.id({
        required: true,
        description: 'commandId of the replayBatches that started the run.',
      }),
    },
    resolve: (_, { runId }, context) => context.runs.replayRun(runId),
  }),
)
