import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { markup } from '../../workflows/page/markdown.ts'
import {
  cancelRunUpdate,
  pauseRunUpdate,
  plannedUpdate,
  replayRunId,
  type ReplayRunInput,
  replayRunQuery,
  type ReplayRunStatus,
  resumeRunUpdate,
} from '../../workflows/run-contract.ts'
import { CommandRefusedError } from '../context/errors.ts'
import { acceptCommand, idProblem } from './accept-command.ts'
import { auditSilence, recordAnswer } from './audit.ts'
import { beginRun, unlessRefused } from './begin-run.ts'
import type { CommandDeps } from './command-deps.ts'
import { controlOf } from './command-request.ts'
import type { ReplayRunRequest, RunControlRequest } from '../context/command-types.ts'
import { deliver } from './deliver.ts'
/** 100 a second: more than one worker replays. */
export const MAX_PER_MINUTE = 6_000

/** Starts the replay of many batches. The answer has the plan, unless making it takes longer than a command may. */
export async function startReplayRun(deps: CommandDeps, request: ReplayRunRequest): Promise<ReplayRunStatus> {
  const { selection, dryRun, maxPerMinute, topic } = request
  const isRate = maxPerMinute >= 1 && maxPerMinute <= MAX_PER_MINUTE
  const command = await acceptCommand(deps, request, {
    command: 'replay_many',
    partitions: null,
    filter: selection,
    problem: isRate ? null : `maxPerMinute must be from 1 to ${MAX_PER_MINUTE}`,
    detail: { dryRun, selection },
  })
  const input: ReplayRunInput = { ...controlOf(command), topic, selection, dryRun, maxPerMinute }
  const destination = destinationOf(command.commandId)
  const status = await auditSilence(deps, command, () =>
    deliver(deps, command.commandId, destination, () =>
      beginRun(deps.client, {
        workflowType: 'replayBatches',
        workflowId: destination.workflowId,
        taskQueue: deps.temporal.taskQueue,
        input,
        summary: markup`${dryRun ? 'Dry run of a replay' : 'Replay'} of parked batches of ${topic}`,
        update: plannedUpdate,
        query: replayRunQuery,
      }),
    ),
  )
  return unlessRefused(status)
}

const updates = { pause_run: pauseRunUpdate, resume_run: resumeRunUpdate, cancel_run: cancelRunUpdate }

/** Pauses, resumes or cancels a run under way. */
export async function controlReplayRun(
  deps: CommandDeps,
  request: RunControlRequest,
): Promise<ReplayRunStatus> {
  const run = request.run.toLowerCase()
  const command = await acceptCommand(deps, request, {
    command: request.command,
    partitions: null,
    problem: idProblem('run', run),
    detail: { run },
  })
  const { commandId } = command
  const destination = destinationOf(run)
  const handle = deps.client.workflow.getHandle(destination.workflowId)
  const status = await auditSilence(deps, command, () =>
    deliver(deps, commandId, destination, () =>
      unlessEnded(deps.client, destination.workflowId, () =>
        handle.executeUpdate(updates[request.command], { args: [controlOf(command)], updateId: commandId }),
      ),
    ),
  )
  if (status !== null) return status
  const refusal = 'the run has ended'
  await recordAnswer(deps, command, 'refused', { refusal })
  throw new CommandRefusedError(refusal, commandId)
}

const destinationOf = (run: string) => ({
  workflowId: replayRunId(run),
  absent: `no replay run of the command ${run} is known`,
  shownBy: 'replayRun',
})

/** Null: the workflow has ended. To Temporal, such a one and none at all are the same. */
async function unlessEnded<Result>(
  client: Client,
  workflowId: string,
  send: () => Promise<Result>,
): Promise<Result | null> {
  try {
    return await send()
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
    await client.workflow.getHandle(workflowId).describe()
    return null
  }
}
