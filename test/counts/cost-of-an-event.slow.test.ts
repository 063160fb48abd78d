import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { makeActiveSpans } from '../../db/rollups/make-active-spans.ts'
import { indexLogins } from '../../db/rollups/index-logins.ts'
import { rollUpMonth } from '../../db/rollups/roll-up-months.ts'
import { applyRetention } from '../../db/rollups/retention.ts'
import { rollUpByCommitTime } from '../../db/rollups/roll-up-by-commit-time.ts'
import { DAY_MS } from '../../domain/time/period.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { endOfLog, progress } from '../support/deployment/progress.ts'

/** By the first of them every table and index has pages. */
const [EVENTS_BEFORE, EVENTS] = [50, 200]
/** No two are of the same week. The latest is older than single minutes are kept, the oldest is of the last ten years. */
const [FIRST_DAYS_AGO, DAYS_APART] = [100, 14]

/** Has a worker count logins of the past, one for each number, and does all that follows. Returns what all tables take. */
async function countLogins(deployment: Deployment, from: number, to: number): Promise<number> {
  const feed = createFeed(deployment)
  for (let i = from; i < to; i++)
    await feed.loginOf(randomUUID(), {
      device_id: randomUUID(),
      ip: `198.51.${100 + Math.floor(i / 250)}.${i % 250}`,
      timestamp: Math.floor((Date.now() - (FIRST_DAYS_AGO + i * DAYS_APART) * DAY_MS) / 1_000),
    })
  const worker = deployment.start('worker/main.ts')
  const read = await endOfLog(deployment)
  await eventually(async () => {
    expect(await progress(deployment)).toEqual({ read, published: read })
  })
  await worker.kill()
  await finishUpkeep(deployment)
  return await bytesOfTables(deployment)
}

/** What the worker would do in the two hours after. */
async function finishUpkeep({ sql, config }: Deployment): Promise<void> {
  await sql`update batch set committed_at = committed_at - interval '2 hours'`
  // The sessions of a worker that was just killed may have the turn of a task still.
  await eventually(async () => {
    expect(await othersAtWork(sql)).toHaveLength(0)
  })
  await rollUpCounts(sql, config.kafka.topic)
  expect(await sql`select from pending_rollup`).toHaveLength(0)
  await applyRetention(sql, config.retention)
  for (const task of [rollUpSightings, rollUpByCommitTime, indexLogins, rollUpMonth, makeActiveSpans])
    while (await task(sql));
}

const othersAtWork = (sql: Deployment['sql']) => sql`
  select query from pg_stat_activity
  where datname = current_database() and backend_type = 'client backend' and state <> 'idle' and pid <> pg_backend_pid()`

/** With their indexes and what is kept beside their rows. */
async function bytesOfTables({ sql }: Deployment): Promise<number> {
  const [row] = await sql<{ bytes: bigint }[]>`
    select sum(pg_total_relation_size(oid))::bigint as bytes from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace`
  return Number(row?.bytes)
}

test('a login of a new user, device and address that is alone in its week takes at most 24 KB in all tables and indexes', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const before = await countLogins(deployment, 0, EVENTS_BEFORE)
  const after = await countLogins(deployment, EVENTS_BEFORE, EVENTS_BEFORE + EVENTS)
  const [listed] = await deployment.sql`
    select (select count(*)::integer from hour_count where dimension_set = 0) as days,
           (select count(*)::integer from engagement where kind = 'user' and period = 'week' and facet = 'all') as weeks`
  expect(listed).toEqual({ days: EVENTS_BEFORE + EVENTS, weeks: EVENTS_BEFORE + EVENTS })
  const bytesPerLogin = (after - before) / EVENTS
  expect(bytesPerLogin).toBeLessThan(24_000)
})
