import { z } from 'zod'
import { type Secret, secretOf } from './secret.ts'
import { optionalPostgresUrl } from './setting-kinds.ts'

// Settings of `npm run migrate -- --bootstrap`, which makes the roles of Postgres (docs/operations.md, "Roles of Postgres").

const password = (description: string) =>
  z.string().min(1).optional().meta({ accepts: 'any text', description })
const passwordFile = () =>
  z.string().min(1).optional().meta({ accepts: 'a path', description: 'File with the password instead.' })

export const bootstrapSettings = {
  DATABASE_ADMIN_URL: optionalPostgresUrl().describe(
    'The primary, as an administrator of the database. Only `npm run migrate -- --bootstrap` reads it, and what follows.',
  ),
  DATABASE_ADMIN_PASSWORD: password('Password of the administrator, if the URL has none.'),
  DATABASE_ADMIN_PASSWORD_FILE: passwordFile(),
  DATABASE_MIGRATE_PASSWORD: password(
    'Password that the role `rollcall_migrate` gets; unset, it keeps what it has.',
  ),
  DATABASE_MIGRATE_PASSWORD_FILE: passwordFile(),
  DATABASE_INGEST_PASSWORD: password('The same for `rollcall_ingest`, the role of workers.'),
  DATABASE_INGEST_PASSWORD_FILE: passwordFile(),
  DATABASE_API_PASSWORD: password('The same for `rollcall_api`.'),
  DATABASE_API_PASSWORD_FILE: passwordFile(),
}

type Given = { [Name in keyof typeof bootstrapSettings]?: string | undefined }

/** How an administrator makes the roles of Postgres. */
export type Bootstrap = {
  /** Null: it is not set. */
  adminUrl: string | null
  /** In place of one in the URL. */
  adminPassword: Secret | null
  /** Those that are given. */
  passwords: { migrate?: Secret; ingest?: Secret; api?: Secret }
}

export function bootstrapOf(given: Given): Bootstrap {
  const secret = (name: 'ADMIN' | 'MIGRATE' | 'INGEST' | 'API') =>
    secretOf(
      `DATABASE_${name}_PASSWORD`,
      given[`DATABASE_${name}_PASSWORD`],
      given[`DATABASE_${name}_PASSWORD_FILE`],
    )
  const [migrate, ingest, api] = [secret('MIGRATE'), secret('INGEST'), secret('API')]
  return {
    adminUrl: given.DATABASE_ADMIN_URL ?? null,
    adminPassword: secret('ADMIN'),
    passwords: {
      ...(migrate === null ? {} : { migrate }),
      ...(ingest === null ? {} : { ingest }),
      ...(api === null ? {} : { api }),
    },
  }
}
