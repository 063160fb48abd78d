import { controlEvent } from '../../db/ledger/control-events.ts'
import type { Audit } from '../context/audit.ts'
import { BatchFailedError, CommandRefusedError } from '../context/command-errors.ts'
import type { Command } from './command-request.ts'

export type AuditDeps = { audit: Audit }

/**
 * Runs a command. The workflow that answers it records its result; if none answers, the result is recorded
 * here (G10), under an id of its own: should the command take effect later after all, the workflow records
 * that under the id of the command.
 */
export async function auditUnanswered<Result>(
  deps: AuditDeps,
  command: Command,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof Error) || isAnswer(error)) throw error
    const { commandId } = command
    const isWritten = await deps.audit.record(
      controlEvent({
        ...command,
        commandId: `${commandId}/unanswered`,
        result: 'failed',
        detail: { ...command.detail, commandId, error: error.message },
      }),
    )
    if (!isWritten) error.message += ' (it could not be recorded in the audit either: Postgres is away)'
    throw error
  }
}

/** Whether a workflow answered, which has then recorded its answer. */
const isAnswer = (error: Error): boolean =>
  error instanceof CommandRefusedError || error instanceof BatchFailedError

/** Records a command that the API answered without a workflow. */
export async function recordAnswer(
  deps: AuditDeps,
  command: Command,
  result: 'done' | 'refused',
  detail: Record<string, unknown>,
): Promise<void> {
  await deps.audit.record(controlEvent({ ...command, result, detail: { ...command.detail, ...detail } }))
}
