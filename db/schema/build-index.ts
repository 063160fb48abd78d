import type { Sql, Transaction } from '../connection/connect.ts'
import { isBootstrapped } from '../roles/apply-privileges.ts'
import { databaseRoles } from '../roles/roles.ts'
import type { Migration } from './migration-file.ts'
import { whileMigrating } from './migration-lock.ts'

/**
 * Builds the index of a migration while others write to its table. What an attempt before left unfinished is dropped first.
 * @param sql has one connection
 */
export const buildIndex = (
  sql: Sql,
  { name, statement }: NonNullable<Migration['index']>,
  isApplied: (tx: Transaction) => Promise<boolean>,
): Promise<void> =>
  whileMigrating(sql, async () => {
    const { isDone, hasRoles } = await sql.begin(async (tx) => {
      await tx`/* buildIndex: names */ select set_config('search_path', 'public, pg_temp', true)`
      return { isDone: await isApplied(tx), hasRoles: await isBootstrapped(tx) }
    })
    if (isDone) return
    await sql`/* buildIndex: names */ select set_config('search_path', 'public, pg_temp', false)`
    if (hasRoles) await sql.unsafe(`/* buildIndex */ set role ${databaseRoles.migrate}`)
    try {
      const [index] = await sql<{ isValid: boolean }[]>`/* buildIndex: before */
        select indisvalid as "isValid" from pg_index where indexrelid = to_regclass(${`public.${name}`})`
      if (index?.isValid === false)
        await sql.unsafe(`/* buildIndex: invalid */ drop index concurrently public.${name}`)
      if (index?.isValid !== true) await sql.unsafe(statement)
    } finally {
      await sql.unsafe('/* buildIndex: end */ reset role')
      await sql.unsafe('/* buildIndex: end */ reset search_path')
    }
  })
