import type { OperatorCommand } from '../../domain/pipeline/pipeline-state.ts'
import type { ControlRequest } from '../../workflows/contract.ts'

/** As the audit names them. */
export type CommandName =
  OperatorCommand | 'replay' | 'skip' | 'replay_many' | 'pause_run' | 'resume_run' | 'cancel_run' | 'redrive'

/** What every command comes with. */
export type CommandRequest = {
  topic: string
  reason: string
  actor: string
  /** A uuid that makes repeating the command safe; null: a new one. */
  commandId: string | null
}

/** A command that may be sent, as the audit keeps it. */
export type Command = ControlRequest & {
  command: CommandName
  topic: string
  /** null: the whole topic. */
  partitions: number[] | null
  /** What else it was for, as the audit's detail has it. */
  detail: Record<string, unknown>
  /** ISO 8601. */
  requestedAt: string
}

/** The part of a command that workflows take. */
export const controlOf = ({ commandId, actor, reason }: Command): ControlRequest => ({
  commandId,
  actor,
  reason,
})
