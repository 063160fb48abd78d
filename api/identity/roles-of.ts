import { type Role, type RoleGroups, roles } from '../../domain/access/role.ts'

type Claims = Readonly<Record<string, unknown>>

/** The groups that a token says its subject is in; a single text is one group. */
export function groupsOf(claims: Claims, claim: string): string[] {
  const value = claimAt(claims, claim)
  const groups: unknown[] = Array.isArray(value) ? value : [value]
  return groups.filter((group) => typeof group === 'string')
}

/** The roles of somebody in these groups; none of them, no role. */
export const rolesOf = (groups: readonly string[], roleGroups: RoleGroups): Role[] =>
  roles.filter((role) => roleGroups[role]?.some((group) => groups.includes(group)) === true)

/** A claim by its name, which may have dots; else by the path that the dots make, such as realm_access.roles. */
function claimAt(claims: Claims, claim: string): unknown {
  if (Object.hasOwn(claims, claim)) return claims[claim]
  return claim
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, key)
          ? (value as Claims)[key]
          : undefined,
      claims,
    )
}
