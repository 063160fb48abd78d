import type { ControlRequest } from '../../workflows/contract.ts'
import type { CommandName } from '../context/command-types.ts'

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
