import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { DAY_MS, dayOf } from '../../../domain/time/period.ts'
import { idTables } from '../../rollups/id-tables.ts'
import type { TimeRange } from '../keyset.ts'
import type { LoginRowFilter } from './logins.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { readRowsKeptFrom } from './login-days.ts'

/** Whether the rows of a list of logins are still kept. */
export type RowsKept = {
  /** Start of the oldest day whose rows are kept; null: no rows are kept. */
  keptFrom: Date | null
  /** How much of the list's range has logins that are counted and whose rows are no longer kept. */
  expired: 'none' | 'some' | 'all'
}

type Listed = Pick<LoginRowFilter, 'batchId' | 'users' | 'devices' | 'addresses' | 'event'>

/**
 * Finds out what a list of logins lacks because rows are dropped after LOGIN_RETENTION_DAYS while counts
 * stay.
 */
export async function readRowsKept(session: ReadSession, filter: Listed): Promise<RowsKept> {
  const keptFrom = await readRowsKeptFrom(session)
  const span = filter.batchId === null ? filter.event : await readSpan(session, filter.batchId, filter.event)
  if (span === null) return { keptFrom, expired: 'none' }
  const { from, to } = span
  const isKept = keptFrom !== null && from !== null && from >= keptFrom
  if (isKept || !(await isAnyBefore(session, filter, { from, to: earlier(keptFrom, to) })))
    return { keptFrom, expired: 'none' }
  return { keptFrom, expired: keptFrom === null || (to !== null && to <= keptFrom) ? 'all' : 'some' }
}

const earlier = (a: Date | null, b: Date | null): Date | null => (a === null || (b !== null && b < a) ? b : a)
const later = (a: Date | null, b: Date | null): Date | null => (a === null || (b !== null && b > a) ? b : a)

/**
 * The range from the first to the last event of a batch, cut to another range. Null: the batch has no events.
 */
async function readSpan({ sql }: ReadSession, batchId: bigint, range: TimeRange): Promise<TimeRange | null> {
  const [batch] = await sql<{ first: Date; end: Date }[]>`
    /* readSpan */
    select first_event_at as first, last_event_at + interval '1 ms' as end
    from batch where id = ${String(batchId)}::text::bigint and first_event_at is not null`
  return batch === undefined
    ? null
    : { from: later(range.from, batch.first), to: earlier(range.to, batch.end) }
}

/** Whether a login of the filter can lie in a range, by whole days of UTC: engagement is kept by day. */
async function isAnyBefore(session: ReadSession, filter: Listed, range: TimeRange): Promise<boolean> {
  const { users, devices, addresses } = filter
  if (!(await isAnybodySeen(session, range))) return false
  const somebody: [SightingKind, string[] | null][] = [
    ['user', users],
    ['device', devices],
    ['address', addresses],
  ]
  for (const [kind, ids] of somebody)
    if (ids !== null && !(await isSeenBefore(session, kind, ids, range.to))) return false
  return true
}

async function isAnybodySeen({ sql }: ReadSession, { from, to }: TimeRange): Promise<boolean> {
  const [found] = await sql<{ seen: boolean }[]>`
    /* isAnybodySeen */
    select exists (
      select from engagement
      where kind = 'user' and period = 'day' and facet = 'all' and attempts in ('logins', 'failures') and value = ''
        ${from === null ? sql`` : sql`and start >= date '1970-01-01' + ${dayOf(from.getTime())}::integer`}
        ${to === null ? sql`` : sql`and start < date '1970-01-01' + ${dayAfter(to)}::integer`}
    ) or exists (
      select from sighting_delta join batch on batch.id = batch_id
      where true
        ${from === null ? sql`` : sql`and last_event_at >= ${from}`}
        ${to === null ? sql`` : sql`and first_event_at < ${to}`}
    ) as seen`
  return found?.seen ?? false
}

/** The first day that begins at or after a moment, in days since 1970-01-01. */
const dayAfter = (moment: Date): number => Math.ceil(moment.getTime() / DAY_MS)

/**
 * Whether the first day of one of the ids lies before `to`. An id that has no number yet is new: all its rows
 * are still kept.
 */
async function isSeenBefore(
  { sql }: ReadSession,
  kind: SightingKind,
  ids: string[],
  to: Date | null,
): Promise<boolean> {
  const { table, id: column } = idTables[kind]
  const [found] = await sql<{ seen: boolean }[]>`
    /* isSeenBefore */
    select exists (
      select from ${sql(table)} where ${sql(column)} = any(${ids}::text[]) ${to === null ? sql`` : sql`and least(first_login_day, first_failure_day) < date '1970-01-01' + ${dayAfter(to)}::integer`}
    ) as seen`
  return found?.seen ?? false
}
