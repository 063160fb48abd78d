import type { DiscrepancyKind } from '../../../domain/pipeline/reconciliation.ts'
import { countUpTo, type Key, orderOfPage, type Page, type TimeRange, withinPage } from '../keyset.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

export type DiscrepancyRow = {
  id: bigint
  raised_at: Date
  cleared_at: Date | null
  kind: DiscrepancyKind
  topic: string
  partition: number | null
  subject: string
  detail: unknown
  /** raised_at to the microsecond. */
  key_at: string
}

export type DiscrepancyFilter = {
  isOpen: boolean | null
  kinds: DiscrepancyKind[] | null
  partitions: number[] | null
  raised: TimeRange
}

export const keyOfDiscrepancy = (row: DiscrepancyRow): Key => ({ at: row.key_at, ids: [row.id] })

/** Reads discrepancies by when they were raised. */
export async function readDiscrepancies(
  { sql }: ReadSession,
  topic: string,
  filter: DiscrepancyFilter,
  page: Page,
): Promise<DiscrepancyRow[]> {
  return await sql<DiscrepancyRow[]>`
    /* readDiscrepancies */
    select ${columns(sql)} ${discrepanciesOf(sql, topic, filter, page)} ${orderOfPage(sql, ['raised_at', 'id'], page)}`
}

/** Reads one discrepancy. Null: there is no such discrepancy. */
export async function readDiscrepancy({ sql }: ReadSession, id: bigint): Promise<DiscrepancyRow | null> {
  const [discrepancy] = await sql<
    DiscrepancyRow[]
  >`/* readDiscrepancy */ select ${columns(sql)} from alert where id = ${id}`
  return discrepancy ?? null
}

const columns = (sql: ReadSession['sql']) => sql`
  id, raised_at, cleared_at, kind, topic, partition, subject, detail, raised_at::text as key_at`

/** Counts discrepancies, up to a limit. */
export const countMatchingDiscrepancies = (
  session: ReadSession,
  topic: string,
  filter: DiscrepancyFilter,
  limit: number,
): Promise<number> => countUpTo(session, discrepanciesOf(session.sql, topic, filter, null), limit)

function discrepanciesOf(
  sql: ReadSession['sql'],
  topic: string,
  { isOpen, kinds, partitions, raised }: DiscrepancyFilter,
  page: Page | null,
) {
  return sql`
    from alert
    where topic = ${topic}
      ${isOpen === null ? sql`` : sql`and (cleared_at is null) = ${isOpen}`}
      ${kinds === null ? sql`` : sql`and kind = any(${kinds}::text[])`}
      ${partitions === null ? sql`` : sql`and partition = any(${partitions}::integer[])`}
      ${withinPage(sql, ['raised_at', 'id'], page, raised)}`
}
