import { expect } from 'vitest'
import type { Deployment } from '../deployment/deployment.ts'
import { eventually } from '../eventually.ts'
import { temporalClient } from '../parts/temporal-client.ts'

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

/** Waits until that many batches are parked, and their workflows have tried in vain and wait for an operator. */
export async function untilParked(deployment: Deployment, count: number): Promise<LedgerRow[]> {
  const client = await temporalClient(deployment)
  const query = `RollcallTopic = '${deployment.config.kafka.topic}' and BatchState = 'parked' and ExecutionStatus = 'Running'`
  return await eventually(async () => {
    const parked = await batchesOf(deployment, 'parked')
    expect(parked.length).toBe(count)
    expect((await client.workflow.count(query)).count).toBe(count)
    return parked
  })
}
