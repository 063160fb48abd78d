import { readFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { productVersion } from '../../config/product-version.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import { actAs, endActing, findOnlyIn } from '../roles/act-as.ts'
import { applyPrivileges, isBootstrapped } from '../roles/apply-privileges.ts'
import type { AuditEvent } from '../../domain/audit/audit-event.ts'
import { canonicalJson } from '../../domain/audit/canonical-json.ts'
import { tooOld } from './schema-fit.ts'
import { migrationFiles, migrationFolder, schemaNumber, SchemaRefusal } from './schema-version.ts'

/** An advisory lock: an arbitrary number, but the same in every version of Rollcall. */
const MIGRATION_LOCK = 7_303_014

/**
 * Applies the files of db/migrations that this database does not have yet, in the order of their names and in
 * one transaction. Safe when several processes start at once: they take turns on an advisory lock. Workers
 * that count meanwhile lose their partitions, and claim them again only if they fit the new schema. If the database has the roles of
 * least privilege, they get what db/roles/privileges.ts says.
 * @returns the names of the files that this call applied
 * @throws when the database has a migration that this version does not know, because a newer version migrated
 *   it
 * @throws {SchemaRefusal} when the database was made by a version before 0.3.0
 * @throws {AdministratorNeeded} when a migration is about the audit, which an administrator has to migrate
 */
export const migrate = (sql: Sql): Promise<string[]> =>
  sql.begin(async (tx) => {
    const applied = await migrateWithin(tx)
    if (await isBootstrapped(tx)) await applyPrivileges(tx)
    return applied
  })

/** What a migration of the audit has at the beginning of a line. */
const OF_AUDIT = /^-- As rollcall_owner\b/m

/** The same within a transaction, without the privileges. */
export async function migrateWithin(tx: Transaction): Promise<string[]> {
  const files = await migrationFiles()
  const version = productVersion()
  await findOnlyIn(tx, 'pg_catalog')
  await waitForMigrations(tx)
  await actAs(tx, 'migrate')
  const applied = await appliedMigrations(tx)
  const unknown = [...applied].filter((name) => !files.includes(name))
  const old = applied.size === 0 ? null : tooOld(Math.max(...[...applied].map(schemaNumber)), null)
  if (old !== null) throw new SchemaRefusal(old)
  if (unknown.length > 0) {
    throw new Error(
      `the database has migrations that this version does not know: ${unknown.join(', ')}; run the newer version`,
    )
  }
  const pending = files.filter((name) => !applied.has(name))
  // Before any table is altered: this waits until no batch holds its checkpoint. Otherwise a batch that
  // holds one could wait for an altered table while the migration waits for the checkpoint.
  if (applied.size > 0 && pending.length > 0)
    await tx`/* migrate: fence */ update partition_checkpoint set epoch = epoch + 1`
  for (const name of pending) {
    await recordSchema(tx, schemaNumber(name), version)
    const statements = await readFile(new URL(name, migrationFolder), 'utf8')
    if (OF_AUDIT.test(statements)) await actAs(tx, 'owner')
    await tx.unsafe(statements)
    await actAs(tx, 'migrate')
    await tx`/* migrate: applied */ insert into migration (name) values (${name})`
  }
  if (pending.length > 0) await recordMigration(tx, pending, version)
  await endActing(tx)
  return pending
}

/** Lets one process at a time migrate; the next ones find everything done. */
export const waitForMigrations = (tx: Transaction) =>
  tx`/* waitForMigrations */ select pg_advisory_xact_lock(${MIGRATION_LOCK})`

/** Part of the migration, because a schema that nobody is known to have changed must not be. */
async function recordMigration(tx: Transaction, applied: string[], version: string): Promise<void> {
  const event = {
    id: randomUUID(),
    kind: 'database_migrated',
    at: new Date().toISOString(),
    actor: null,
    result: 'done',
    detail: { applied, version },
  } satisfies AuditEvent<'database_migrated'>
  await tx`/* recordMigration */ select append_audit_event(${canonicalJson(event)})`
}

async function appliedMigrations(tx: Transaction): Promise<Set<string>> {
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
 * Records that no older code fits; a migration that older code does fit says so in `schema_version` itself.
 */
async function recordSchema(tx: Transaction, schema: number, version: string): Promise<void> {
  await tx`/* recordSchema */
    insert into schema_version as held (schema, version, oldest_writer, oldest_reader)
    values (${schema}, ${version}, ${schema}, ${schema})
    on conflict (one) do update
      set schema = greatest(held.schema, excluded.schema), version = excluded.version,
          oldest_writer = greatest(held.oldest_writer, excluded.oldest_writer),
          oldest_reader = greatest(held.oldest_reader, excluded.oldest_reader)`
}
