import { readFile } from 'node:fs/promises'
import { productVersion } from '../../config/product-version.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import { tooOld } from './schema-fit.ts'
import { migrationFiles, migrationFolder, schemaNumber, SchemaRefusal } from './schema-version.ts'

/** Any constant does, as long as every version of Rollcall takes the same. */
const MIGRATION_LOCK = 7_303_014

/**
 * Applies the SQL files of db/migrations that this database has not had, in name order, all in one transaction.
 * Safe when several processes start at once: they take turns on an advisory lock. Whoever counts meanwhile loses its
 * partitions, and claims them again only if it fits the new schema.
 * @returns the names applied by this call
 * @throws when the database has had a migration this version does not know (it is older than the database)
 * @throws {SchemaRefusal} when the database is of a version from before 0.3.0
 */
export async function migrate(sql: Sql): Promise<string[]> {
  const files = await migrationFiles()
  const version = await productVersion()
  return await sql.begin(async (tx) => {
    await tx`/* migrate: lock */ select pg_advisory_xact_lock(${MIGRATION_LOCK})`
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
    // Before anything is altered: a batch that waited for that with its checkpoint locked would be waited for in turn.
    if (applied.size > 0 && pending.length > 0)
      await tx`/* migrate: fence */ update partition_checkpoint set epoch = epoch + 1`
    for (const name of pending) {
      await recordSchema(tx, schemaNumber(name), version)
      await tx.unsafe(await readFile(new URL(name, migrationFolder), 'utf8'))
      await tx`/* migrate: applied */ insert into migration (name) values (${name})`
    }
    return pending
  })
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

/** Nothing older fits, unless the migration knows better: then it says so in `schema_version` itself. */
async function recordSchema(tx: Transaction, schema: number, version: string): Promise<void> {
  await tx`/* recordSchema */
    insert into schema_version as held (schema, version, oldest_writer, oldest_reader)
    values (${schema}, ${version}, ${schema}, ${schema})
    on conflict (one) do update
      set schema = greatest(held.schema, excluded.schema), version = excluded.version,
          oldest_writer = greatest(held.oldest_writer, excluded.oldest_writer),
          oldest_reader = greatest(held.oldest_reader, excluded.oldest_reader)`
}
