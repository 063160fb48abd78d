import { expect } from 'vitest'
import type { Deployment } from './deployment.ts'
import { eventually } from '../eventually.ts'
import type { RoleProcess } from './role-process.ts'

export type Held = { partition: number; offset: number }

/** What a worker claimed last, with the offset that is counted up to. */
export async function partitionsOf({ sql }: Deployment, { pid }: RoleProcess): Promise<Held[]> {
  return await sql<Held[]>`
    select partition, next_offset::integer as offset from partition_checkpoint
    where worker like ${`${pid}@%`} order by partition`
}

/** Waits until the workers hold all partitions, none more than its share, and every partition goes on from there. */
export async function untilSpread(
  deployment: Deployment,
  workers: RoleProcess[],
  partitions: number,
  withinMs: number,
): Promise<void> {
  const most = Math.ceil(partitions / workers.length)
  let before: Held[] = []
  await eventually(async () => {
    const held = await Promise.all(workers.map((worker) => partitionsOf(deployment, worker)))
    const counts = held.map(({ length }) => length)
    const isEven = held.flat().length === partitions && Math.max(...counts) <= most
    if (!isEven || before.length === 0) before = isEven ? held.flat() : []
    expect(isEven, `partitions of each: ${counts.join(', ')}`).toBe(true)
    const standing = held
      .flat()
      .filter(({ partition, offset }) =>
        before.some((one) => one.partition === partition && one.offset >= offset),
      )
    expect(standing, 'partitions that do not go on').toEqual([])
  }, withinMs)
}
