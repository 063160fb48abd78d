import { WithStartWorkflowOperation } from '@temporalio/client'
import { type BatchRow, readBatch } from '../../db/read/ledger/batches.ts'
import { ReadFailure } from '../../db/nodes/read-failure.ts'
import type { ParkedBatch } from '../../domain/batch/parked-batch.ts'
import type { ReplayOutcome } from '../../domain/batch/replay.ts'
import { batchStart } from '../../workflows/batch-start.ts'
import { replayUpdate, skipUpdate } from '../../workflows/contract.ts'
import type { replayBatch } from '../../workflows/replay-batch.ts'
import { CommandFailedError, CommandRefusedError } from '../context/command-errors.ts'
import { noSuchBatch } from '../context/errors.ts'
import { acceptCommand } from './accept-command.ts'
import { auditUnanswered, recordAnswer } from './audit.ts'
import type { CommandDeps } from './command-deps.ts'
import { type Command, controlOf } from './command-request.ts'
import type { BatchRequest, SettledBatch } from '../context/command-types.ts'
import { deliver } from './deliver.ts'
import { ledgerAnswer } from './ledger-answer.ts'

const updates = { replay: replayUpdate, skip: skipUpdate }

/**
 * Replays or skips a parked batch. If the ledger says that nothing is left to do, it answers instead of the
 * workflow.
 */
export async function resolveParkedBatch(deps: CommandDeps, request: BatchRequest): Promise<SettledBatch> {
  const { batchId, command: name } = request
  const asked = await acceptCommand(deps, request, {
    command: name,
    partitions: null,
    detail: { batchId: String(batchId) },
  })
  const { commandId } = asked
  const batch = await auditUnanswered(deps, asked, () => findBatch(deps, batchId, commandId))
  const parked = parkedBatch(batch)
  const { topic, partition, from, to } = parked
  const command = { ...asked, topic, partitions: [partition], detail: { ...asked.detail, from, to } }
  const answer = ledgerAnswer(batch, { command: name, commandId })
  if (answer.by === 'workflow') {
    const outcome = await auditUnanswered(deps, command, () => send(deps, command, name, parked))
    return { ...outcome, commandId, batchId }
  }
  if ('refusal' in answer) {
    await recordAnswer(deps, command, 'refused', { refusal: answer.refusal })
    throw new CommandRefusedError(answer.refusal, commandId)
  }
  const outcome = { outcome: answer.outcome, logins: batch.logins, rejects: batch.rejects }
  if (!answer.isOwn) await recordAnswer(deps, command, 'done', outcome)
  return { ...outcome, commandId, batchId }
}

async function findBatch(
  { readPrimary }: CommandDeps,
  batchId: bigint,
  commandId: string,
): Promise<BatchRow> {
  try {
    const batch = await readPrimary((session) => readBatch(session, batchId))
    if (batch === null) throw noSuchBatch(batchId, 'batchId')
    return batch
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error
    throw new CommandFailedError(
      `the primary could not be read (${error.message}); the command was not sent`,
      commandId,
      { cause: error },
    )
  }
}

const parkedBatch = (batch: BatchRow): ParkedBatch => ({
  batchId: String(batch.id),
  topic: batch.topic,
  partition: batch.partition,
  incarnation: batch.incarnation,
  from: String(batch.from_offset),
  to: String(batch.to_offset),
  error: batch.error ?? '',
  isSetAside: batch.command_id !== null,
})

/**
 * Sends a command to the workflow of a batch. The workflow is started if it is gone: somebody terminated it,
 * or it ended so long ago that Temporal has forgotten it.
 */
async function send(
  deps: CommandDeps,
  command: Command,
  name: BatchRequest['command'],
  batch: ParkedBatch,
): Promise<ReplayOutcome> {
  const start = batchStart(batch, deps.temporal.taskQueue)
  const { workflowId } = start
  const target = { command: name, workflowId, topic: batch.topic }
  const signed = await deps.sign(target, controlOf(command), command.actor)
  const destination = {
    workflowId,
    absent: `the workflow of batch ${batch.batchId} ended meanwhile: send the command again`,
    shownBy: 'batches',
  }
  return await deliver(deps, command.commandId, destination, () =>
    deps.client.workflow.executeUpdateWithStart(updates[name], {
      args: [signed],
      // A command that is sent twice is a single update: both get the first result.
      updateId: command.commandId,
      startWorkflowOperation: new WithStartWorkflowOperation<typeof replayBatch>('replayBatch', {
        ...start,
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      }),
    }),
  )
}
