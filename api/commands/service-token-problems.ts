import { refusedRole } from '../../domain/access/service-token.ts'
import { REASON_MAX_CHARACTERS } from '../../workflows/contract.ts'
import type { Actor } from '../context/actor.ts'
import { isDisplayable } from '../context/safe-text.ts'
import type { NewTokenRequest, RevocationRequest } from '../context/service-token-types.ts'
import { idProblem } from './accept-command.ts'

const NAME_MAX_CHARACTERS = 64
const DAY_MS = 86_400_000

/** What is wrong with the arguments of a new token; null: nothing. */
export function problemOfNewToken(
  { name, purpose, roles, expiresAt, commandId }: NewTokenRequest,
  at: Date,
  maxDays: number,
): string | null {
  return (
    textProblem('name', name, NAME_MAX_CHARACTERS) ??
    textProblem('purpose', purpose, REASON_MAX_CHARACTERS) ??
    (roles.length === 0 ? 'roles must list at least one role' : null) ??
    expiryProblem(expiresAt, at, maxDays) ??
    (commandId === null ? null : idProblem('commandId', commandId))
  )
}

/** Why its maker may not have this token; null: they may. */
export function refusalOfNewToken({
  actor,
  roles,
}: {
  actor: Actor
  roles: NewTokenRequest['roles']
}): string | null {
  if (actor.issuer === null)
    return 'there are no service tokens in local mode, where anyone may do everything without one: set OIDC_ISSUERS or LDAP_URLS first'
  const role = refusedRole(roles, actor.roles)
  if (role === null) return null
  return role === 'admin'
    ? 'a service token cannot have the role admin, because one that leaked could make others that outlive it: leave admin out'
    : `you may not give the role ${role}, because your own roles do not permit what it permits: ask somebody who has it, or leave it out`
}

/** What is wrong with the arguments of a revocation; null: nothing. */
export const problemOfRevocation = ({ token, reason, commandId }: RevocationRequest): string | null =>
  (token === null ? 'tokenId is not the id of a service token: take it from serviceTokens' : null) ??
  textProblem('reason', reason, REASON_MAX_CHARACTERS) ??
  (commandId === null ? null : idProblem('commandId', commandId))

function textProblem(argument: string, text: string, most: number): string | null {
  const { length } = text.trim()
  return length > 0 && length <= most && isDisplayable(text.trim())
    ? null
    : `${argument} must be one line of 1 to ${most} characters, without control characters`
}

function expiryProblem(expiresAt: Date, at: Date, maxDays: number): string | null {
  if (expiresAt.getTime() <= at.getTime()) return 'expiresAt must be in the future'
  return expiresAt.getTime() > at.getTime() + maxDays * DAY_MS
    ? `expiresAt must be within ${maxDays} days from now, which SERVICE_TOKEN_MAX_DAYS sets`
    : null
}
