import { expect } from 'vitest'
import type { GroundTruth } from '../generator/ground-truth.ts'
import type { Deployment } from './deployment.ts'
import { eventually } from './eventually.ts'
import { readTopic, type TopicRecord } from './read-topic.ts'

/**
 * Waits until all of the input topic is counted and published, then compares Postgres, `processed-data` and the dead
 * letter queue with the books: nothing lost, nothing twice.
 */
export async function expectExact(
  deployment: Deployment,
  truth: GroundTruth,
  withinMs = 90_000,
): Promise<void> {
  await eventually(async () => {
    const end = await endOfLog(deployment)
    expect(await progress(deployment)).toEqual({ read: end, published: end })
  }, withinMs)
  await expectPostgresExact(deployment, truth)
  // A broker answers a commit before its markers are in every partition.
  await eventually(() => expectTopicsExact(deployment, truth), MARKERS_MS)
}

const MARKERS_MS = 5_000

/** Offsets of the input topic, over all partitions; offsets without a record count too. */
export async function endOfLog({ kafka, config }: Deployment): Promise<number> {
  const admin = kafka.admin()
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(config.kafka.topic)
  await admin.disconnect()
  return offsets.reduce((sum, { high }) => sum + Number(high), 0)
}

/** Offsets counted in Postgres and offsets published in Kafka, over all partitions. */
export async function progress({
  sql,
  kafka,
  config,
}: Deployment): Promise<{ read: number; published: number }> {
  const [row] = await sql<
    { read: bigint | null }[]
  >`select sum(next_offset)::bigint as read from partition_checkpoint`
  const admin = kafka.admin()
  await admin.connect()
  const [group] = await admin.fetchOffsets({ groupId: config.kafka.groupId, topics: [config.kafka.topic] })
  await admin.disconnect()
  const published = (group?.partitions ?? []).reduce(
    (sum, { offset }) => sum + Math.max(0, Number(offset)),
    0,
  )
  return { read: Number(row?.read ?? 0), published }
}

async function expectPostgresExact({ sql }: Deployment, truth: GroundTruth): Promise<void> {
  const { logins } = truth.totals()
  const counts = await sql`
    select to_char(bucket, 'YYYY-MM-DD"T"HH24:MI') as minute, device_type as "deviceType", app_version as "appVersion", locale, outcome,
           sum(logins)::integer as logins
    from (
      select bucket, device_type, app_version, locale, outcome, logins from login_count where bucket_size = 'minute'
      union all
      select bucket, device_type, app_version, locale, outcome, logins from login_count_unfolded
    ) as counts
    group by 1, 2, 3, 4, 5
    order by 1, 2, 3, 4, 5`
  expect([...counts]).toEqual(truth.counts())
  const totals = await sql`
    select size, (coalesce(sum(logins), 0) + (select coalesce(sum(logins), 0) from login_count_unfolded))::integer as logins
    from (values ('day'), ('hour'), ('minute')) as sizes (size) left join login_count on bucket_size::text = size
    group by 1 order by 1`
  expect([...totals]).toEqual([
    { size: 'day', logins },
    { size: 'hour', logins },
    { size: 'minute', logins },
  ])
  const [delta] = await sql<
    { logins: number }[]
  >`select sum(logins)::integer as logins from login_count_delta_entry`
  expect(delta?.logins).toBe(logins)
  const [rows] = await sql<
    { all: number; offsets: number }[]
  >`select count(*)::integer as all, count(distinct (kafka_partition, kafka_offset))::integer as offsets from login`
  const [ledger] = await sql<
    { rows: number; logins: number }[]
  >`select sum(login_rows)::integer as rows, sum(logins)::integer as logins from batch`
  expect(rows).toEqual({ all: ledger?.rows, offsets: ledger?.rows })
  expect(ledger?.logins).toBe(logins)
  const users = await sql<
    { day: string; users: number }[]
  >`select day::text, count(*)::integer as users from user_activity group by day order by day`
  expect(users.map((row) => [row.day, row.users])).toEqual(truth.usersPerDay())
  const rejects = await sql<
    { reason: string; rejects: number }[]
  >`select reason, count(*)::integer as rejects from rejected_login group by reason order by reason`
  expect(rejects.map((row) => [row.reason, row.rejects])).toEqual(truth.rejectsByReason())
  const holes = await sql`
    select partition, from_offset from (
      select partition, from_offset, lag(to_offset, 1, 0::bigint) over (partition by partition order by from_offset) as previous from batch
    ) ranges where from_offset <> previous`
  expect([...holes]).toEqual([])
}

/** Every login and reject once, and the insights that Postgres keeps. */
export async function expectTopicsExact(
  { kafka, config, sql }: Deployment,
  truth: GroundTruth,
): Promise<void> {
  const processed = await readTopic(kafka, config.kafka.processedTopic)
  const bodies = processed.map(({ value }) => JSON.parse(value?.toString() ?? 'null') as { type: string })
  const loginSources = processed.filter((_, i) => bodies[i]?.type === 'login').map(sourceOf)
  expect(loginSources.length).toBe(truth.totals().logins)
  expect(new Set(loginSources).size).toBe(truth.totals().logins)
  const insights = processed
    .filter((_, i) => bodies[i]?.type === 'insight')
    .map(({ value }) => value?.toString())
  const kept = await sql<{ body: string }[]>`select body::text from insight`
  expect(insights.sort()).toEqual(kept.map(({ body }) => body).sort())
  const rejects = await readTopic(kafka, config.kafka.dlqTopic)
  expect(new Set(rejects.map(sourceOf)).size).toBe(truth.totals().rejects)
  expect(countBy(rejects.map(({ headers }) => headers['rollcall-reason'] ?? ''))).toEqual(
    truth.rejectsByReason(),
  )
}

const sourceOf = ({ headers }: TopicRecord): string => headers['rollcall-source'] ?? ''

function countBy(names: string[]): [string, number][] {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1))
}
