import type { DeviceType, IpScope, LocaleKind, Login, Outcome } from '../../domain/login.ts'
import { type Key, orderOfPage, type Page, type TimeRange, withinPage } from './keyset.ts'
import { type CountFilter, withinFilter } from './count-filter.ts'
import { addressText } from './address-text.ts'
import type { ReadSession } from './snapshot.ts'

type Sql = ReadSession['sql']

/** A login with the place that it came from. */
export type PlacedLogin = { batchId: bigint; partition: number; offset: bigint; login: Login }

/** A row of `login`; `key_at` is event_at to the microsecond. */
export type LoginRow = PlacedLogin & { key_at: string }

export type LoginRowFilter = {
  batchId: bigint | null
  userId: string | null
  deviceId: string | null
  /** In its normal form (domain/ip.ts). */
  ip: string | null
  partition: number | null
  /** Logins of [fromOffset, toOffset). */
  fromOffset: bigint | null
  toOffset: bigint | null
  event: TimeRange
  dimensions: CountFilter
}

export const keyOfLogin = ({ key_at: at, partition, offset, batchId }: LoginRow): Key => ({
  at,
  ids: [BigInt(partition), offset, batchId],
})

/** An offset comes again in another incarnation of its partition: the batch is part of the key. */
const order: [string, ...string[]] = ['event_at', 'kafka_partition', 'kafka_offset', 'batch_id']

/** How far from where a page begins it is looked for, part by part: a page of all logins is found in the last seconds. */
const PARTS_MS = [10_000, 300_000, 3_600_000, 6 * 3_600_000, 86_400_000]

/** Logins that are kept as rows in order of the event. */
export async function readLogins(
  session: ReadSession,
  filter: LoginRowFilter,
  page: Page,
): Promise<LoginRow[]> {
  const rows: LoginRow[] = []
  for (const event of await partsOfRange(session, filter, page)) {
    rows.push(
      ...(await readPage(session, { ...filter, event }, { ...page, limit: page.limit - rows.length })),
    )
    if (rows.length === page.limit) break
  }
  return rows
}

/** The range in the order of the page; whole where an index leads to few rows, or it is short. */
async function partsOfRange(
  { sql }: ReadSession,
  { batchId, userId, deviceId, ip, event }: LoginRowFilter,
  page: Page,
): Promise<TimeRange[]> {
  if ([batchId, userId, deviceId, ip].some((one) => one !== null)) return [event]
  const startMs = page.backwards ? startOf(page.before, event.from) : startOf(page.after, event.to)
  const fromMs = startMs ?? (page.backwards ? null : await latestEventMs(sql))
  if (fromMs === null) return [event]
  const [least, most] = [event.from?.getTime() ?? -Infinity, event.to?.getTime() ?? Infinity]
  const parts: TimeRange[] = []
  let rest = event
  for (const ms of PARTS_MS) {
    // A start is cut to the millisecond below.
    const end = page.backwards ? fromMs + ms : fromMs - ms
    if (end <= least || end >= most) continue
    const at = new Date(end)
    parts.push(page.backwards ? { ...rest, to: at } : { ...rest, from: at })
    rest = page.backwards ? { ...rest, from: at } : { ...rest, to: at }
  }
  return [...parts, rest]
}

const startOf = (key: Key | null, bound: Date | null): number | null =>
  key === null ? (bound?.getTime() ?? null) : Date.parse(key.at)

async function latestEventMs(sql: Sql): Promise<number | null> {
  const [row] = await sql<{ watermark: Date | null }[]>`
    /* latestEvent */ select max(watermark) as watermark from partition_checkpoint`
  return row?.watermark?.getTime() ?? null
}

async function readPage({ sql }: ReadSession, filter: LoginRowFilter, page: Page): Promise<LoginRow[]> {
  const { batchId, userId, deviceId, ip, partition, fromOffset, toOffset, event, dimensions } = filter
  const rows = await sql<Row[]>`
    /* logins */
    select ${columns(sql)}
    from login
    where true
      ${batchId === null ? sql`` : ofBatch(sql, batchId)}
      ${userId === null ? sql`` : sql`and user_id = ${userId}`}
      ${deviceId === null ? sql`` : sql`and device_id = ${deviceId}`}
      ${ip === null ? sql`` : sql`and ip = ${ip}::text::inet`}
      ${partition === null ? sql`` : sql`and kafka_partition = ${partition}`}
      ${fromOffset === null ? sql`` : sql`and kafka_offset >= ${String(fromOffset)}::text::bigint`}
      ${toOffset === null ? sql`` : sql`and kafka_offset < ${String(toOffset)}::text::bigint`}
      ${withinFilter(sql, dimensions)}
      ${withinPage(sql, order, page, event)}
    ${orderOfPage(sql, order, page)}`
  return rows.map(toLoginRow)
}

/** Logins of a batch that are kept as rows, with offsets of [from, to), in order of the offset. */
export async function readLoginsOfBatch(
  { sql }: ReadSession,
  batchId: bigint,
  { from, to }: { from: bigint; to: bigint },
  limit: number,
): Promise<PlacedLogin[]> {
  const rows = await sql<Row[]>`
    /* loginsOfBatch */
    select ${columns(sql)}
    from login
    where kafka_offset >= ${String(from)}::text::bigint and kafka_offset < ${String(to)}::text::bigint
      ${ofBatch(sql, batchId)}
    order by kafka_offset
    limit ${limit}`
  return rows.map(toLoginRow)
}

/** The span of its events tells which days to look into. */
const ofBatch = (sql: Sql, id: bigint) => sql`
  and batch_id = ${String(id)}::text::bigint
  and event_at >= (select first_event_at from batch where id = ${String(id)}::text::bigint)
  and event_at <= (select last_event_at from batch where id = ${String(id)}::text::bigint)`

const columns = (sql: Sql) => sql`
  event_at::text as key_at, (extract(epoch from event_at) * 1000)::float8 as event_time_ms, user_id, device_id,
  ${addressText(sql)} as ip, ip_scope, locale, locale_kind, app_version, device_type, outcome, event_id, failure_reason, session_id,
  extra::text as extra, kafka_partition, kafka_offset, batch_id`

type Row = {
  key_at: string
  event_time_ms: number
  user_id: string
  device_id: string
  ip: string
  ip_scope: IpScope
  locale: string
  locale_kind: LocaleKind
  app_version: string
  device_type: DeviceType
  outcome: Outcome
  event_id: string | null
  failure_reason: string | null
  session_id: string | null
  extra: string | null
  kafka_partition: number
  kafka_offset: bigint
  batch_id: bigint
}

const toLoginRow = (row: Row): LoginRow => ({
  key_at: row.key_at,
  batchId: row.batch_id,
  partition: row.kafka_partition,
  offset: row.kafka_offset,
  login: {
    userId: row.user_id,
    deviceId: row.device_id,
    eventTimeMs: row.event_time_ms,
    ip: row.ip,
    ipScope: row.ip_scope,
    locale: row.locale,
    localeKind: row.locale_kind,
    appVersion: row.app_version,
    deviceType: row.device_type,
    outcome: row.outcome,
    eventId: row.event_id,
    failureReason: row.failure_reason,
    sessionId: row.session_id,
    extra: row.extra,
  },
})
