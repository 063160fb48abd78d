import { expect } from 'vitest'
import type { Deployment } from './deployment.ts'
import { eventually } from './eventually.ts'

export type LedgerRow = {
  id: string
  partition: number
  from: number
  to: number
  status: string
  error: string | null
  revision: number
}

/** Batches of a status, in order of partition and offset. */
export async function batchesOf({ sql }: Deployment, status: string): Promise<LedgerRow[]> {
  const rows = await sql<LedgerRow[]>`
    select id::text, partition, from_offset::integer as "from", to_offset::integer as "to", status, error, revision
    from batch where status = ${status} order by partition, from_offset`
  return [...rows]
}

/** Waits until that many batches are parked and handed over to their workflows. */
export async function untilParked(deployment: Deployment, count: number): Promise<LedgerRow[]> {
  return await eventually(async () => {
    const parked = await batchesOf(deployment, 'parked')
    expect(parked.length).toBe(count)
    const [row] = await deployment.sql<
      { open: number }[]
    >`select count(*)::integer as open from batch where status = 'parked' and handed_over_at is null`
    expect(row?.open).toBe(0)
    return parked
  })
}
