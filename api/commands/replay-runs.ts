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
import { CommandRefusedError } from '../context/command-errors.ts'
import { acceptCommand, idProblem } from './accept-command.ts'
import { auditUnanswered, recordAnswer } from './audit.ts'
import { beginRun, unlessRefused } from './begin-run.ts'
import type { CommandDeps } from './command-deps.ts'
import { controlOf } from './command-request.ts'
import type { ReplayRunRequest, RunControlRequest } from '../context/command-types.ts'
import { deliver } from './deliver.ts'

/** 100 batches a second, more than a worker can replay. */
export const MAX_PER_MINUTE = 6_000

/**
 * Starts a run that replays many parked batches. Returns its status once the plan is made, or without it
 * after some seconds.
 */
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
  const destination = destinationOf(command.commandId)
  const { workflowId } = destination
  const unsigned: ReplayRunInput = { ...controlOf(command), topic, selection, dryRun, maxPerMinute }
  const input = await deps.sign({ command: command.command, workflowId, topic }, unsigned, command.actor)
  const status = await auditUnanswered(deps, command, () =>
    deliver(deps, command.commandId, destination, () =>
      beginRun(deps.client, {
        workflowType: 'replayBatches',
        workflowId,
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

/** Pauses, resumes or cancels a replay run. */
export async function controlReplayRun(
  deps: CommandDeps,
  request: RunControlRequest,
): Promise<ReplayRunStatus> {
  const run = request.run.toLowerCase()
  const command = await acceptCommand(deps, request, {
    command: request.command,
    partitions: null,
    problem: idProblem('runId', run),
    detail: { run },
  })
  const { commandId, topic } = command
  const destination = destinationOf(run)
  const { workflowId } = destination
  const handle = deps.client.workflow.getHandle(workflowId)
  const target = { command: command.command, workflowId, topic }
  const signed = await deps.sign(target, controlOf(command), command.actor)
  const status = await auditUnanswered(deps, command, () =>
    deliver(deps, commandId, destination, () =>
      unlessEnded(deps.client, workflowId, () =>
        handle.executeUpdate(updates[request.command], { args: [signed], updateId: commandId }),
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
  absent: `there is no replay run ${run}: runId must be the commandId of a replayBatches, and Temporal keeps runs for a limited time`,
  shownBy: 'replayRun',
})

/**
 * Sends a command to a workflow; null: the workflow has ended.
 * @throws {WorkflowNotFoundError} if there is none; `send` throws it for a workflow that has ended, too
 */
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
