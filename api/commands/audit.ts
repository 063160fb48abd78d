import pTimeout from 'p-timeout'
import type { ControlEvent } from '../../db/ledger/control-events.ts'
import { BatchFailedError, CommandRefusedError } from '../context/command-errors.ts'
import type { Logger } from '../context/logger.ts'
import type { Command } from './command-request.ts'

export type AuditDeps = {
  /** Writes a row of the audit on the primary. */
  record: (event: ControlEvent) => Promise<void>
  logger: Logger
}

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
    const isWritten = await write(deps, {
      ...command,
      commandId: `${commandId}/unanswered`,
      result: 'failed',
      detail: { ...command.detail, commandId, error: error.message },
    })
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
  await write(deps, { ...command, result, detail: { ...command.detail, ...detail } })
}

/** The API waits no longer than this, because a frozen primary does not end slow statements. */
const WRITE_DEADLINE_MS = 3_000

/** @returns whether Postgres took the row in time; if not, the log has it */
async function write(deps: AuditDeps, event: ControlEvent): Promise<boolean> {
  try {
    await pTimeout(deps.record(event), {
      milliseconds: WRITE_DEADLINE_MS,
      message: `the primary did not answer within ${WRITE_DEADLINE_MS} ms`,
    })
    return true
  } catch (error) {
    deps.logger.error(
      { err: error, event },
      'a command could not be recorded in the audit, because the primary did not take the row: this line has it',
    )
    return false
  }
}
