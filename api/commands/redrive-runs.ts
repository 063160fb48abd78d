import { markup } from '../../workflows/page/markdown.ts'
import {
  redriveProgressUpdate,
  redriveRunId,
  type RedriveRunInput,
  redriveRunQuery,
  type RedriveRunStatus,
} from '../../workflows/run-contract.ts'
import { auditUnanswered } from './audit.ts'
import { beginRun, unlessRefused } from './begin-run.ts'
import { acceptCommand } from './accept-command.ts'
import type { CommandDeps } from './command-deps.ts'
import { controlOf } from './command-request.ts'
import type { RedriveRunRequest } from '../context/command-types.ts'
import { deliver } from './deliver.ts'

/**
 * Starts a run that decodes rejects again. Returns its status once it is done, or so far after some seconds.
 */
export async function startRedriveRun(
  deps: CommandDeps,
  request: RedriveRunRequest,
): Promise<RedriveRunStatus> {
  const { selection, dryRun, topic } = request
  const command = await acceptCommand(deps, request, {
    command: 'redrive',
    partitions: null,
    filter: selection,
    detail: { dryRun, selection },
  })
  const destination = {
    workflowId: redriveRunId(command.commandId),
    absent: `the run of command ${command.commandId} has ended: redriveRun shows its result`,
    shownBy: 'redriveRun',
  }
  const { workflowId } = destination
  const unsigned: RedriveRunInput = { ...controlOf(command), topic, selection, dryRun }
  const input = await deps.sign({ command: command.command, workflowId, topic }, unsigned, command.actor)
  const status = await auditUnanswered(deps, command, () =>
    deliver(deps, command.commandId, destination, () =>
      beginRun(deps.client, {
        workflowType: 'replayRejected',
        workflowId,
        taskQueue: deps.temporal.taskQueue,
        input,
        summary: markup`${dryRun ? 'Dry run of redriving' : 'Redrives'} rejects of ${topic}`,
        update: redriveProgressUpdate,
        query: redriveRunQuery,
      }),
    ),
  )
  return unlessRefused(status)
}
