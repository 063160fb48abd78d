import type { Key, Page } from '../../db/read/keyset.ts'
import { checkPageSize } from '../context/limits.ts'
import { InvalidPageError } from '../context/errors.ts'

export type PageArgs = {
  first?: number | null | undefined
  last?: number | null | undefined
  after?: string | null | undefined
  before?: string | null | undefined
}

export type Connection<Row> = {
  edges: { cursor: string; node: Row }[]
  pageInfo: {
    hasNextPage: boolean
    hasPreviousPage: boolean
    startCursor: string | null
    endCursor: string | null
  }
}

/** Rows of a page when nothing is said. */
export const DEFAULT_PAGE = 50

/**
 * Answers a relay connection by keys (https://relay.dev/graphql/connections.htm).
 * @param list name of the list; a cursor of another list is refused
 * @param keyOf what the list is ordered by; the cursor is made of it
 * @param readPage rows in the order that the page asks for
 * @throws {PageTooLargeError | InvalidPageError}
 */
export async function readConnection<Row>(
  list: string,
  args: PageArgs,
  keyOf: (row: Row) => Key,
  readPage: (page: Page) => Promise<Row[]>,
): Promise<Connection<Row>> {
  const { size, backwards } = pageSize(args)
  const [after, before] = [decodeCursor(list, 'after', args.after), decodeCursor(list, 'before', args.before)]
  // One more row than asked for tells whether there is another page.
  const found = await readPage({ after, before, backwards, limit: size + 1 })
  const hasMore = found.length > size
  const rows = found.slice(0, size)
  if (backwards) rows.reverse()
  const edges = rows.map((node) => ({ cursor: encodeCursor(list, keyOf(node)), node }))
  return {
    edges,
    pageInfo: {
      hasNextPage: backwards ? before !== null : hasMore,
      hasPreviousPage: backwards ? hasMore : after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

/** Cost of a connection: what is asked of a row, times the rows. */
export const connectionComplexity = (args: PageArgs) => ({
  field: 1,
  multiplier: Math.max(1, args.first ?? args.last ?? DEFAULT_PAGE),
})

function pageSize({ first = null, last = null }: PageArgs): { size: number; backwards: boolean } {
  if (first !== null && last !== null) throw new InvalidPageError('give first or last, not both')
  const [name, size] = last === null ? (['first', first ?? DEFAULT_PAGE] as const) : (['last', last] as const)
  if (size < 0) throw new InvalidPageError(`${name} must not be negative`)
  checkPageSize(name, size)
  return { size, backwards: last !== null }
}

export const encodeCursor = (list: string, { at, ids }: Key) =>
  Buffer.from([list, at, ...ids].join('|')).toString('base64url')

const YEAR_1_MS = Date.parse('0001-01-01T00:00:00Z')

/** As Postgres writes a timestamptz in UTC. */
const CURSOR = /^([a-zA-Z]+)\|(\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00)((?:\|\d{1,18})+)$/

/** @throws {InvalidPageError} */
export function decodeCursor(list: string, name: string, cursor: string | null | undefined): Key | null {
  if (cursor === null || cursor === undefined) return null
  const parts = CURSOR.exec(Buffer.from(cursor, 'base64url').toString())
  const [, of, at, ids] = parts ?? []
  if (
    of !== list ||
    at === undefined ||
    ids === undefined ||
    !(Date.parse(at.replace(' ', 'T').replace('+00', 'Z')) >= YEAR_1_MS)
  ) {
    throw new InvalidPageError(`${name} is no cursor of this list; pass on a cursor as it came`)
  }
  return { at, ids: ids.slice(1).split('|').map(BigInt) }
}
