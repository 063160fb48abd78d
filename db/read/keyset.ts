import { ReadFailure } from '../nodes/read-failure.ts'
import type { ReadSession } from '../nodes/snapshot.ts'

/**
 * One page of a list that is ordered by a moment and then by whole numbers, newest first. A page is placed by
 * keys and not by row numbers, so that rows which arrive meanwhile neither shift a page nor repeat a row.
 */
export type Page = {
  /** Rows older than this key. */
  after: Key | null
  /** Rows newer than this key. */
  before: Key | null
  /** True: the page nearest to `before`, oldest row first. */
  backwards: boolean
  limit: number
}

/**
 * `at` is a timestamptz (UTC) as Postgres writes it, to the microsecond: a Date would lose digits, and pages
 * would lose rows.
 */
export type Key = { at: string; ids: bigint[] }

/** The moment of a key in Unix milliseconds, without its microseconds. */
export const momentOf = ({ at }: Key): number => Date.parse(at)

/** A half-open range: `from` belongs to it, `to` does not. Null: it has no bound on that side. */
export type TimeRange = { from: Date | null; to: Date | null }

/**
 * The SQL conditions (`and …`) of a page's keys and of the time range.
 * @param columns the moment first, then the ids
 * @param page null: the whole list
 */
export function withinPage(
  sql: ReadSession['sql'],
  columns: [at: string, ...ids: string[]],
  page: Page | null,
  range: TimeRange,
) {
  const { after, before } = page ?? { after: null, before: null }
  const row = list(
    sql,
    columns.map((column) => sql(column)),
  )
  const key = ({ at, ids }: Key) => {
    if (ids.length !== columns.length - 1)
      throw new ReadFailure(
        'bad_input',
        'the cursor belongs to another list; pass a cursor of this list, unchanged',
      )
    // Sent as text: postgres.js would cut a timestamptz parameter to milliseconds.
    return list(sql, [sql`${at}::text::timestamptz`, ...ids.map((id) => sql`${String(id)}::text::bigint`)])
  }
  const [at] = columns
  // The moment is compared by itself, too, because a comparison of rows rules out no partition. It is a Date,
  // which Postgres reads once and not for each row.
  return sql`
    ${after === null ? sql`` : sql`and (${row}) < (${key(after)}) and ${sql(at)} <= ${new Date(momentOf(after) + 1)}`}
    ${before === null ? sql`` : sql`and (${row}) > (${key(before)}) and ${sql(at)} >= ${new Date(momentOf(before))}`}
    ${range.from === null ? sql`` : sql`and ${sql(at)} >= ${range.from}`}
    ${range.to === null ? sql`` : sql`and ${sql(at)} < ${range.to}`}`
}

/** The `order by …` and `limit …` of a page. */
export function orderOfPage(sql: ReadSession['sql'], columns: string[], page: Page) {
  const direction = page.backwards ? sql`asc` : sql`desc`
  return sql`order by ${list(
    sql,
    columns.map((column) => sql`${sql(column)} ${direction}`),
  )} limit ${page.limit}`
}

/**
 * Counts the rows of a list, and stops at a limit.
 * @param rows the `from …` and `where …` of the list
 */
export async function countUpTo({ sql }: ReadSession, rows: Rows, limit: number): Promise<number> {
  const [counted] = await sql<{ rows: number }[]>`
    /* countUpTo */ select count(*)::integer as rows from (select 1 ${rows} limit ${limit}) as listed`
  return counted?.rows ?? 0
}

type Rows = ReturnType<typeof orderOfPage>

type Fragment = ReturnType<ReadSession['sql']>

const list = (sql: ReadSession['sql'], items: unknown[]) =>
  items.map((item, index) => (index === 0 ? sql`${item as Fragment}` : sql`, ${item as Fragment}`))
