import type { OperatorCommand } from '../../domain/pipeline/pipeline-state.ts'
import {
  acceptLossUpdate,
  ingestTopicId,
  parkUpdate,
  pauseUpdate,
  type PartitionStatus,
  resumeUpdate,
} from '../../workflows/contract.ts'
import { notStarted } from '../pipeline/workflow-status.ts'
import { acceptCommand } from './accept-command.ts'
import { auditSilence } from './audit.ts'
import type { CommandDeps } from './command-deps.ts'
import { type CommandRequest, controlOf } from './command-request.ts'
import { deliver } from './deliver.ts'

export type IngestionRequest = CommandRequest & {
  command: OperatorCommand
  /** null: all partitions. */
  partitions: number[] | null
  /** With `resume`: lets through the flood that halted a partition. */
  accept: boolean
}

export type IngestionOutcome = { commandId: string; topic: string; partitions: PartitionStatus[] }

const updates = { pause: pauseUpdate, resume: resumeUpdate, accept_loss: acceptLossUpdate, park: parkUpdate }

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
  const handle = deps.client.workflow.getHandle(destination.workflowId)
  const { partitions } = await auditSilence(deps, command, () =>
    deliver(deps, commandId, destination, () =>
      handle.executeUpdate(updates[request.command], {
        args: [{ ...controlOf(command), partitions: only, ...(accept ? { accept } : {}) }],
        // The same command sent twice is one update, and answers with the first one's result.
        updateId: commandId,
      }),
    ),
  )
  return { commandId, topic, partitions }
}
