import { actorText, type CommandActor } from '../../domain/access/command-proof.ts'
import type { ControlRequest } from '../../workflows/contract.ts'
import type { CommandName } from '../../domain/pipeline/command-name.ts'

/** A command whose arguments are usable, in the form in which the audit keeps it. */
export type Command = Omit<ControlRequest, 'actor' | 'proof'> & {
  actor: CommandActor
  command: CommandName
  topic: string
  /** Null: all partitions of the topic. */
  partitions: number[] | null
  /** What else the command was about, for the column `detail` of the audit. */
  detail: Record<string, unknown>
  /** When the API received it, ISO 8601. */
  requestedAt: string
}

/** What every workflow takes of a command; a proof is added to it (signatures/). */
export const controlOf = ({ commandId, actor, reason }: Command): ControlRequest => ({
  commandId,
  actor: actorText(actor),
  reason,
})
