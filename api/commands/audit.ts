import pTimeout from 'p-timeout'
import type { ControlEvent } from '../../db/ledger/control-events.ts'
import { BatchFailedError, CommandRefusedError } from '../context/errors.ts'
import type { Logger } from '../context/logger.ts'
import type { Command } from './command-request.ts'

export type AuditDeps = {
  /** Writes to the audit on the primary. */
  record: (event: ControlEvent) => Promise<void>
  logger: Logger
}

/**
 * Runs a command whose workflow records what it accepts and refuses; what no workflow ever answered is recorded here (G10).
 * The row is one of its own: should the command take effect later after all, the workflow records that under the plain id.
 */
export async function auditSilence<Result>(
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

/** A workflow that answers keeps the audit of it. */
const isAnswer = (error: Error): boolean =>
  error instanceof CommandRefusedError || error instanceof BatchFailedError

/** Records a command that was answered without any workflow. */
export async function recordAnswer(
  deps: AuditDeps,
  command: Command,
  result: 'done' | 'refused',
  detail: Record<string, unknown>,
): Promise<void> {
  await write(deps, { ...command, result, detail: { ...command.detail, ...detail } })
}

/** A primary that is frozen does not even end what takes too long. */
const WRITE_DEADLINE_MS = 3_000

/** @returns false when Postgres did not take it; it is in the log then */
async function write(deps: AuditDeps, event: ControlEvent): Promise<boolean> {
  try {
    await pTimeout(deps.record(event), {
      milliseconds: WRITE_DEADLINE_MS,
      message: `the primary did not answer within ${WRITE_DEADLINE_MS} ms`,
    })
    return true
  } catch (error) {
    deps.logger.error({ err: error, event }, 'a command could not be recorded in the audit')
    return false
  }
}
