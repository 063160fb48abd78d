import { ReadFailure } from '../nodes/read-failure.ts'
import type { ReadSession } from '../nodes/snapshot.ts'

/**
 * One page of a list that is ordered by a moment and then by whole numbers, newest first. Keys and not row numbers, so
 * that rows which arrive meanwhile neither shift a page nor repeat a row.
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

/** `at` is Postgres's text of a timestamptz in UTC, to the microsecond: a Date would lose digits and with them rows. */
export type Key = { at: string; ids: bigint[] }

/** Unix milliseconds, without what is beyond them. */
export const momentOf = ({ at }: Key): number => Date.parse(at)

/** Half-open; null is unbounded. */
export type TimeRange = { from: Date | null; to: Date | null }

/** `and …` for the page's keys and the time range, on `columns`: the moment first, then the ids. */
export function withinPage(
  sql: ReadSession['sql'],
  columns: [at: string, ...ids: string[]],
  page: Page,
  range: TimeRange,
) {
  const row = list(
    sql,
    columns.map((column) => sql(column)),
  )
  const key = ({ at, ids }: Key) => {
    if (ids.length !== columns.length - 1)
      throw new ReadFailure('bad_input', 'the cursor is none of this list; pass on a cursor as it came')
    // By way of text: postgres.js turns what Postgres calls a timestamptz parameter into milliseconds.
    return list(sql, [sql`${at}::text::timestamptz`, ...ids.map((id) => sql`${String(id)}::text::bigint`)])
  }
  const [at] = columns
  // Said of the moment as well: a comparison of rows spares no partition. As a Date, which is read once and not once a row.
  return sql`
    ${page.after === null ? sql`` : sql`and (${row}) < (${key(page.after)}) and ${sql(at)} <= ${new Date(momentOf(page.after) + 1)}`}
    ${page.before === null ? sql`` : sql`and (${row}) > (${key(page.before)}) and ${sql(at)} >= ${new Date(momentOf(page.before))}`}
    ${range.from === null ? sql`` : sql`and ${sql(at)} >= ${range.from}`}
    ${range.to === null ? sql`` : sql`and ${sql(at)} < ${range.to}`}`
}

/** `order by …` and `limit …` for the page. */
export function orderOfPage(sql: ReadSession['sql'], columns: string[], page: Page) {
  const direction = page.backwards ? sql`asc` : sql`desc`
  return sql`order by ${list(
    sql,
    columns.map((column) => sql`${sql(column)} ${direction}`),
  )} limit ${page.limit}`
}

type Fragment = ReturnType<ReadSession['sql']>

const list = (sql: ReadSession['sql'], items: unknown[]) =>
  items.map((item, index) => (index === 0 ? sql`${item as Fragment}` : sql`, ${item as Fragment}`))
