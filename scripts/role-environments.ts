import { signedIn } from '../stack/as-role.ts'
import type { Stack } from '../stack/stack.ts'

const ROLES = ['migrate', 'worker', 'api'] as const

/**
 * Environments of the processes that sign in to the stack's Postgres as roles of their own; that of migrations names its
 * administrator, too. None if Postgres runs elsewhere: who may what is decided there.
 */
export function roleEnvironments({ parts, environment }: Stack): [role: string, Record<string, string>][] {
  if (!parts.has('postgres')) return []
  const administrator = { DATABASE_ADMIN_URL: environment['DATABASE_URL'] ?? '' }
  return ROLES.map((role) => [
    role,
    { ...signedIn(environment, role), ...(role === 'migrate' ? administrator : {}) },
  ])
}
