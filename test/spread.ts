import { expect } from 'vitest'
import type { Deployment } from './deployment.ts'
import { eventually } from './eventually.ts'
import type { RoleProcess } from './role-process.ts'

export type Held = { partition: number; offset: number }

/** What a worker claimed last, with the offset that is counted up to. */
export async function partitionsOf({ sql }: Deployment, { pid }: RoleProcess): Promise<Held[]> {
  return await sql<Held[]>`
    select partition, next_offset::integer as offset from partition_checkpoint
    where worker like ${`${pid}@%`} order by partition`
}

/**
 * Waits until the workers hold all partitions, none more than its share, and every partition goes on.
 * @returns what each holds
 */
export async function untilSpread(
  deployment: Deployment,
  workers: RoleProcess[],
  partitions: number,
  withinMs: number,
): Promise<Held[][]> {
  const most = Math.ceil(partitions / workers.length)
  let before: Held[] = []
  return await eventually(async () => {
    const held = await Promise.all(workers.map((worker) => partitionsOf(deployment, worker)))
    const all = held.flat()
    const counts = held.map(({ length }) => length)
    const known = before
    before = all
    expect(all.length, `held: ${counts.join(', ')}`).toBe(partitions)
    expect(Math.max(...counts), `held: ${counts.join(', ')}`).toBeLessThanOrEqual(most)
    for (const { partition, offset } of all) {
      const last = known.find((one) => one.partition === partition)?.offset ?? Infinity
      expect(offset, `partition ${partition} goes on`).toBeGreaterThan(last)
    }
    return held
  }, withinMs)
}
