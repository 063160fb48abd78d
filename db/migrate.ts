import { readdir, readFile } from 'node:fs/promises'
import type { Sql } from './connect.ts'

const folder = new URL('./migrations/', import.meta.url)

/** Any constant does, as long as every version of Rollcall takes the same. */
const MIGRATION_LOCK = 7_303_014

/**
 * Applies the SQL files of db/migrations that this database has not had, in name order, each in a transaction.
 * Safe when several processes start at once: they take turns on an advisory lock.
 * @returns the names applied by this call
 * @throws when the database has had a migration this version does not know (it is older than the database)
 */
export async function migrate(sql: Sql): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${MIGRATION_LOCK})`
    await tx`create table if not exists migration (name text primary key, applied_at timestamptz not null default now())`
    const rows = await tx<{ name: string }[]>`select name from migration`
    const applied = new Set(rows.map((row) => row.name))
    const unknown = [...applied].filter((name) => !files.includes(name))
    if (unknown.length > 0) {
      throw new Error(
        `the database has migrations that this version does not know: ${unknown.join(', ')}; run the newer version`,
      )
    }
    const pending = files.filter((name) => !applied.has(name))
    for (const name of pending) {
      await tx.unsafe(await readFile(new URL(name, folder), 'utf8'))
      await tx`insert into migration (name) values (${name})`
    }
    return pending
  })
}
