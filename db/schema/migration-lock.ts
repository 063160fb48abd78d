import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql, Transaction } from '../connection/connect.ts'

/** An advisory lock: an arbitrary number, but the same in every version of Rollcall. */
const MIGRATION_LOCK = 7_303_014
const LOOK_EVERY_MS = 200

/**
 * Lets one process at a time migrate until the transaction ends; the next ones find everything done. It asks again and again: an index
 * that is built concurrently would wait for the statement that waits for it.
 */
export async function waitForMigrations(tx: Transaction): Promise<void> {
  for (;;) {
    const [row] = await tx<{ got: boolean }[]>`
      /* waitForMigrations */ select pg_try_advisory_xact_lock(${MIGRATION_LOCK}) as got`
    if (row?.got === true) return
    await sleep(LOOK_EVERY_MS)
  }
}

/** The same for what runs outside of a transaction, on the only connection of `sql`. */
export async function whileMigrating<T>(sql: Sql, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const [row] = await sql<{ got: boolean }[]>`
      /* whileMigrating */ select pg_try_advisory_lock(${MIGRATION_LOCK}) as got`
    if (row?.got === true) break
    await sleep(LOOK_EVERY_MS)
  }
  try {
    return await work()
  } finally {
    await sql`/* whileMigrating: end */ select pg_advisory_unlock(${MIGRATION_LOCK})`
  }
}
