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
  await untilGot(
    () => tx<Asked>`/* waitForMigrations */ select pg_try_advisory_xact_lock(${MIGRATION_LOCK}) as got`,
  )
}

/** The same for what runs outside of a transaction, on the only connection of `sql`. */
export async function whileMigrating<T>(sql: Sql, work: () => Promise<T>): Promise<T> {
  await untilGot(() => sql<Asked>`/* whileMigrating */ select pg_try_advisory_lock(${MIGRATION_LOCK}) as got`)
  try {
    return await work()
  } finally {
    await sql`/* whileMigrating: end */ select pg_advisory_unlock(${MIGRATION_LOCK})`
  }
}

type Asked = { got: boolean }[]

async function untilGot(ask: () => Promise<Asked>): Promise<void> {
  while ((await ask())[0]?.got !== true) await sleep(LOOK_EVERY_MS)
}
