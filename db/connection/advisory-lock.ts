import type { Transaction } from './connect.ts'

/**
 * Takes the turn of that name until the transaction ends, unless another one has it: one at a time in a database, and nobody
 * waits.
 * @returns whether it was taken
 */
export async function tryAdvisoryLock(tx: Transaction, name: string): Promise<boolean> {
  const [turn] = await tx<{ taken: boolean }[]>`/* tryAdvisoryLock */
    select pg_try_advisory_xact_lock(hashtext(${name})) as taken`
  return turn?.taken === true
}
