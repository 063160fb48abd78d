import type { Role } from '../../domain/access/role.ts'
import type { ServiceTokenRow } from '../../db/access/service-token-row.ts'
import type { Actor } from './actor.ts'

export type NewTokenRequest = {
  actor: Actor
  name: string
  /** What it is for. */
  purpose: string
  roles: readonly Role[]
  expiresAt: Date
  /** A UUID with which the command makes no second token; null: the command gets a new one. */
  commandId: string | null
}

/** `text` is shown once, and kept nowhere. */
export type MadeToken = { text: string; token: ServiceTokenRow }

/** `token`: its number; null: what was sent is no id of one. */
export type RevocationRequest = {
  actor: Actor
  token: bigint | null
  reason: string
  commandId: string | null
}

/**
 * Commands to service tokens, which the API carries out itself. One that does nothing throws an InvalidCommandError, a
 * NotFoundError, a CommandRefusedError or a CommandFailedError.
 */
export type ServiceTokenCommands = {
  make(request: NewTokenRequest): Promise<MadeToken>
  revoke(request: RevocationRequest): Promise<ServiceTokenRow>
}
