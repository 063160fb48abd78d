import type { Transaction } from './connect.ts'

/**
 * Takes the advisory lock of this name until the transaction ends, unless another transaction of the database
 * holds it. Never waits.
 * @returns whether it was taken
 */
export async function tryAdvisoryLock(tx: Transaction, name: string): Promise<boolean> {
  const [lock] = await tx<{ taken: boolean }[]>`/* tryAdvisoryLock */
    select pg_try_advisory_xact_lock(hashtext(${name})) as taken`
  return lock?.taken === true
}
