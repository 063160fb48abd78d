/**
 * The roles of Postgres, the same in every database of a server (docs/operations.md, "Roles of Postgres"). An administrator makes
 * them: `npm run migrate -- --bootstrap`.
 */
export const databaseRoles = {
  /** Owns the audit. Nobody signs in as it or is a member of it. */
  owner: 'rollcall_owner',
  /** Owns all other tables, and changes them: `npm run migrate`. */
  migrate: 'rollcall_migrate',
  /** Of workers. */
  ingest: 'rollcall_ingest',
  /** Of APIs. */
  api: 'rollcall_api',
} as const

export type DatabaseRole = keyof typeof databaseRoles

/** Roles that a process signs in as. */
export type SigningRole = Exclude<DatabaseRole, 'owner'>
export const signingRoles = ['migrate', 'ingest', 'api'] as const satisfies SigningRole[]

/** Roles that run all the time: they may do what db/roles/privileges.ts says, and nothing else. */
export type RunningRole = 'ingest' | 'api'
