import { isPermitted, type Permission, permissions } from './permission.ts'
import type { Role } from './role.ts'

/** Whether a service token is taken; an expired one that was revoked counts as revoked. */
export type ServiceTokenState = 'active' | 'expired' | 'revoked'

/** The moments that decide it. */
type Moments = { expiresAt: Date; revokedAt: Date | null }

export function stateOf({ expiresAt, revokedAt }: Moments, nowMs: number): ServiceTokenState {
  if (revokedAt !== null) return 'revoked'
  return expiresAt.getTime() <= nowMs ? 'expired' : 'active'
}

/**
 * The first of these roles that somebody may not give to a service token; null: they may give all. Who gives a role
 * must be permitted by their own what it permits, so that nobody gets by a token what they may not have. No token
 * manages tokens: one that leaked would make others that outlive it.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
export const refusedRole = (wanted: readonly Role[], held: readonly Role[]): Role | null =>
  wanted.find((role) => !isGrantable(role, held)) ?? null

const isGrantable = (role: Role, held: readonly Role[]): boolean =>
  !isPermitted([role], 'tokens') &&
  (Object.keys(permissions) as Permission[])
    .filter((permission) => isPermitted([role], permission))
    .every((permission) => isPermitted(held, permission))
