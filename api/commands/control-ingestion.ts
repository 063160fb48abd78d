import {
  acceptLossUpdate,
  ingestTopicId,
  parkUpdate,
  pauseUpdate,
  resumeUpdate,
} from '../../workflows/contract.ts'
import { notStarted } from '../sources/workflow-status.ts'
import { acceptCommand } from './accept-command.ts'
import { auditUnanswered } from './audit.ts'
import type { CommandDeps } from './command-deps.ts'
import { controlOf } from './command-request.ts'
import type { IngestionRequest, IngestionOutcome } from '../context/command-types.ts'
import { deliver } from './deliver.ts'

const updates = { pause: pauseUpdate, resume: resumeUpdate, accept_loss: acceptLossUpdate, park: parkUpdate }

/** Pauses or resumes partitions, accepts a loss of offsets, or parks what a partition cannot get past. */
export async function controlIngestion(
  deps: CommandDeps,
  request: IngestionRequest,
): Promise<IngestionOutcome> {
  const { topic, partitions: only, accept } = request
  const command = await acceptCommand(deps, request, {
    command: request.command,
    partitions: only,
    detail: accept ? { accept } : {},
  })
  const { commandId } = command
  const destination = {
    workflowId: ingestTopicId(topic),
    absent: notStarted(topic),
    shownBy: 'ingestion',
  }
  const { workflowId } = destination
  const handle = deps.client.workflow.getHandle(workflowId)
  const argument = { ...controlOf(command), partitions: only, ...(accept ? { accept } : {}) }
  const signed = await deps.sign({ command: command.command, workflowId, topic }, argument, command.actor)
  const { partitions } = await auditUnanswered(deps, command, () =>
    deliver(deps, commandId, destination, () =>
      handle.executeUpdate(updates[request.command], {
        args: [signed],
        // A command that is sent twice is a single update: both get the first result.
        updateId: commandId,
      }),
    ),
  )
  return { commandId, topic, partitions }
}
