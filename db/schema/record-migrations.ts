import { randomUUID } from 'node:crypto'
import { productVersion } from '../../config/product-version.ts'
import type { AuditEvent } from '../../domain/audit/audit-event.ts'
import { canonicalJson } from '../../domain/audit/canonical-json.ts'
import type { Transaction } from '../connection/connect.ts'
import type { Migration } from './migration-file.ts'

/** Part of the migration, because a schema that nobody is known to have changed must not be. */
export async function recordMigration(tx: Transaction, applied: string[]): Promise<void> {
  const event = {
    id: randomUUID(),
    kind: 'database_migrated',
    at: new Date().toISOString(),
    actor: null,
    result: 'done',
    detail: { applied, version: productVersion() },
  } satisfies AuditEvent<'database_migrated'>
  await tx`/* recordMigration */ select append_audit_event(${canonicalJson(event)})`
}

/** The names of the files that were applied. Makes the tables that say so. */
export async function appliedMigrations(tx: Transaction): Promise<Set<string>> {
  await tx`/* appliedMigrations: table */
    create table if not exists migration (name text primary key, applied_at timestamptz not null default now())`
  await tx`/* appliedMigrations: schema */ create table if not exists schema_version (
    one boolean primary key default true check (one),
    schema integer not null,
    version text not null,          -- of Rollcall, that migrated last
    oldest_writer integer not null, -- schema of the oldest code that may still write
    oldest_reader integer not null
  )`
  const rows = await tx<{ name: string }[]>`/* appliedMigrations */ select name from migration`
  return new Set(rows.map(({ name }) => name))
}

/**
 * Records a migration that is about to be applied, and that no older code fits; one that older code does fit says so in
 * `schema_version` itself.
 */
export async function recordApplied(
  tx: Transaction,
  { name, schema }: Pick<Migration, 'name' | 'schema'>,
): Promise<void> {
  await tx`/* recordApplied */ insert into migration (name) values (${name})`
  await tx`/* recordApplied: schema */
    insert into schema_version as held (schema, version, oldest_writer, oldest_reader)
    values (${schema}, ${productVersion()}, ${schema}, ${schema})
    on conflict (one) do update
      set schema = greatest(held.schema, excluded.schema), version = excluded.version,
          oldest_writer = greatest(held.oldest_writer, excluded.oldest_writer),
          oldest_reader = greatest(held.oldest_reader, excluded.oldest_reader)`
}
