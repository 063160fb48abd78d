import { expect } from 'vitest'
import type { Deployment } from './deployment.ts'
import { eventually } from '../eventually.ts'
import { partitionStatuses, temporalClient } from '../parts/temporal-client.ts'

/** Waits until the first partition is in a state for a reason. */
export async function untilState(deployment: Deployment, state: string, reason: RegExp): Promise<void> {
  const client = await temporalClient(deployment)
  await eventually(async () => {
    const [status] = await partitionStatuses(client, deployment)
    expect(status?.state).toBe(state)
    expect(status?.reason).toMatch(reason)
  })
}

/** Logins that Postgres has counted. */
export async function countedLogins({ sql }: Deployment): Promise<number> {
  const [row] = await sql<
    { logins: number }[]
  >`select sum(logins)::integer as logins from partition_checkpoint`
  return row?.logins ?? 0
}
