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

/** Waits until the replicas, to which questions go, have what was written by now. */
export async function untilReplayed({ sql }: Pick<Deployment, 'sql'>): Promise<void> {
  const [written] = await sql<{ lsn: string }[]>`select pg_current_wal_lsn()::text as lsn`
  await eventually(async () => {
    const replicas = await sql`
      select bool_and(replay_lsn >= ${written?.lsn ?? ''}::text::pg_lsn) as "haveIt" from pg_stat_replication`
    expect(replicas).toEqual([{ haveIt: true }])
  })
}
