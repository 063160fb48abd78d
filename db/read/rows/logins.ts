import type { DeviceType, IpScope, LocaleKind, Login, Outcome } from '../../../domain/login/login.ts'
import { countUpTo, type Key, orderOfPage, type Page, type TimeRange, withinPage } from '../keyset.ts'
import { type CountFilter, withinFilter } from '../counts/count-filter.ts'
import { addressText } from '../../login-rows/address-text.ts'
import { type Part, partsOfRange } from '../counts/login-parts.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { withinRanges } from '../within-ranges.ts'

type Sql = ReadSession['sql']

/** A login with its batch, partition and offset. */
export type PlacedLogin = { batchId: bigint; partition: number; offset: bigint; login: Login }

/** A row of `login`; `key_at` is event_at to the microsecond. */
export type LoginRow = PlacedLogin & { key_at: string }

export type LoginRowFilter = {
  batchId: bigint | null
  /** Of any of these; null: of any. */
  users: string[] | null
  devices: string[] | null
  /** In their normal form (domain/fields/ip.ts). */
  addresses: string[] | null
  /** Ids that producers gave them. */
  eventIds: string[] | null
  partitions: number[] | null
  /** Logins with an offset of [fromOffset, toOffset). */
  fromOffset: bigint | null
  toOffset: bigint | null
  event: TimeRange
  dimensions: CountFilter
}

export const keyOfLogin = ({ key_at: at, partition, offset, batchId }: LoginRow): Key => ({
  at,
  ids: [BigInt(partition), offset, batchId],
})

/** The batch is part of the key, because offsets come again in another incarnation of the partition. */
const order: [string, ...string[]] = ['event_at', 'kafka_partition', 'kafka_offset', 'batch_id']

/** Reads logins that are kept as rows, by event time. */
export async function readLogins(
  session: ReadSession,
  filter: LoginRowFilter,
  page: Page,
): Promise<LoginRow[]> {
  const rows: LoginRow[] = []
  const missing = () => page.limit - rows.length
  for await (const part of partsOf(session, filter, page, missing)) {
    rows.push(...(await readPart(session, filter, part, { ...page, limit: missing() })))
    if (missing() === 0) break
  }
  return rows
}

/** Counts logins that are kept as rows, up to a limit. */
export async function countLogins(
  session: ReadSession,
  filter: LoginRowFilter,
  limit: number,
): Promise<number> {
  let rows = 0
  const missing = () => limit - rows
  const wholeList = { after: null, before: null, backwards: false, limit }
  for await (const part of partsOf(session, filter, wholeList, missing)) {
    rows += await countUpTo(session, loginsOf(session.sql, filter, part, null), missing())
    if (missing() === 0) break
  }
  return rows
}

function partsOf(session: ReadSession, filter: LoginRowFilter, page: Page, missing: () => number) {
  const { batchId, users, devices, addresses, eventIds, event } = filter
  // With one of these an index leads to few rows: there is no need to search part by part.
  const hasIndex = [batchId, users, devices, addresses, eventIds].some((one) => one !== null)
  return hasIndex ? [{ range: event, minutes: null }] : partsOfRange(session, filter, page, missing)
}

async function readPart(
  { sql }: ReadSession,
  filter: LoginRowFilter,
  part: Part,
  page: Page,
): Promise<LoginRow[]> {
  const rows = await sql<Row[]>`
    /* readPart */
    select ${columns(sql)} ${loginsOf(sql, filter, part, page)} ${orderOfPage(sql, order, page)}`
  return rows.map(toLoginRow)
}

function loginsOf(sql: Sql, filter: LoginRowFilter, { range, minutes }: Part, page: Page | null) {
  const { batchId, users, devices, addresses, eventIds, partitions, fromOffset, toOffset, dimensions } =
    filter
  return sql`
    from ${eventIds === null ? sql`login` : sql`(${ofEvents(sql, eventIds, range)}) as login`}
    where true
      ${batchId === null ? sql`` : ofBatch(sql, batchId)}
      ${users === null ? sql`` : sql`and user_id = any(${users}::text[])`}
      ${devices === null ? sql`` : sql`and device_id = any(${devices}::text[])`}
      ${addresses === null ? sql`` : sql`and ip = any(${addresses}::text[]::inet[])`}
      ${partitions === null ? sql`` : sql`and kafka_partition = any(${partitions}::integer[])`}
      ${fromOffset === null ? sql`` : sql`and kafka_offset >= ${String(fromOffset)}::text::bigint`}
      ${toOffset === null ? sql`` : sql`and kafka_offset < ${String(toOffset)}::text::bigint`}
      ${withinFilter(sql, dimensions)}
      ${withinPage(sql, order, page, range)}
      ${minutes === null ? sql`` : sql`and (${withinRanges(sql, minutes)})`}`
}

/**
 * Counts logins that are kept as rows and have one of some event_ids, up to a limit: a page sorts as many, because
 * the index has them in no order.
 */
export const countLoginsOfEvents = (
  session: ReadSession,
  eventIds: string[],
  range: TimeRange,
  limit: number,
): Promise<number> =>
  countUpTo(session, session.sql`from (${ofEvents(session.sql, eventIds, range)}) as login`, limit)

/** By the index of event_ids: Postgres knows too little of a day that is filling to choose it. */
const ofEvents = (sql: Sql, eventIds: string[], { from, to }: TimeRange) => sql`
  select * from login where event_id = any(${eventIds}::text[])
    ${from === null ? sql`` : sql`and event_at >= ${from}`} ${to === null ? sql`` : sql`and event_at < ${to}`} offset 0`

const ever: TimeRange = { from: null, to: null }

/**
 * Reads logins of a topic that are kept as rows and have an event_id of their producer, by event time; any of them where there
 * are more than the limit, as a producer may give many events the same id.
 */
export async function readLoginsOfEvent(
  { sql }: ReadSession,
  topic: string,
  eventId: string,
  limit: number,
): Promise<PlacedLogin[]> {
  const rows = await sql<Row[]>`
    /* readLoginsOfEvent */
    select ${columns(sql)}
    from (
      select * from (${ofEvents(sql, [eventId], ever)}) as found
      where exists (select from batch where id = batch_id and topic = ${topic})
      limit ${limit}
    ) as login
    order by ${sql.unsafe(order.join(', '))}`
  return rows.map(toLoginRow)
}

/** Reads logins of a batch that are kept as rows and have offsets of [from, to), by offset. */
export async function readLoginsOfBatch(
  { sql }: ReadSession,
  batchId: bigint,
  { from, to }: { from: bigint; to: bigint },
  limit: number,
): Promise<PlacedLogin[]> {
  const rows = await sql<Row[]>`
    /* readLoginsOfBatch */
    select ${columns(sql)}
    from login
    where kafka_offset >= ${String(from)}::text::bigint and kafka_offset < ${String(to)}::text::bigint
      ${ofBatch(sql, batchId)}
    order by kafka_offset
    limit ${limit}`
  return rows.map(toLoginRow)
}

/** The SQL conditions of a batch. The times of its first and last event limit the days to read. */
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
