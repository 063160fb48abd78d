import type { Role } from '../../domain/access/role.ts'
import type { Sql, Transaction } from '../connection/connect.ts'

/** A service token as its list shows it. Nothing of it leads to the text of the token. */
export type ServiceTokenRow = {
  id: bigint
  name: string
  purpose: string
  roles: Role[]
  created_at: Date
  created_by: string
  expires_at: Date
  revoked_at: Date | null
  revoked_by: string | null
  revocation_reason: string | null
  /** To the minute. */
  last_used_at: Date | null
  /** created_at to the microsecond. */
  key_at: string
}

/** The columns of a ServiceTokenRow. */
export const serviceTokenColumns = (sql: Sql | Transaction) => sql`
  id, name, purpose, roles, created_at, created_by, expires_at, revoked_at, revoked_by, revocation_reason,
  last_used_at, created_at::text as key_at`
