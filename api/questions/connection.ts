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

/** Rows of a page if neither first nor last is given. */
export const DEFAULT_PAGE = 50

/**
 * Reads a page of a Relay connection (https://relay.dev/graphql/connections.htm).
 * @param list the name of the list; cursors of other lists are refused
 * @param keyOf the key that the list is ordered by; cursors are made of it
 * @param readPage reads the rows in the order of the page, backwards if it is
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
  // One row more than asked for shows whether there is another page.
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

/** The cost of a connection: the cost of a row times the rows. */
export const connectionComplexity = (args: PageArgs) => ({
  field: 1,
  multiplier: Math.max(1, args.first ?? args.last ?? DEFAULT_PAGE),
})

function pageSize({ first = null, last = null }: PageArgs): { size: number; backwards: boolean } {
  if (first !== null && last !== null)
    throw new InvalidPageError('first and last do not go together: give one of them')
  const [name, size] = last === null ? (['first', first ?? DEFAULT_PAGE] as const) : (['last', last] as const)
  if (size < 0) throw new InvalidPageError(`${name} must not be negative`)
  checkPageSize(name, size)
  return { size, backwards: last !== null }
}

export const encodeCursor = (list: string, { at, ids }: Key) =>
  Buffer.from([list, at, ...ids].join('|')).toString('base64url')

const YEAR_1_MS = Date.parse('0001-01-01T00:00:00Z')

/** The name of the list, a timestamptz in UTC as Postgres writes it, and ids. */
const CURSOR = /^([a-zA-Z]+)\|(\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00)((?:\|\d{1,18})+)$/

/**
 * The key of a cursor; null: there is no cursor.
 * @throws {InvalidPageError} if it is not a cursor of this list
 */
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
    throw new InvalidPageError(`${name} is not a cursor of this list: use a cursor as this list returned it`)
  }
  return { at, ids: ids.slice(1).split('|').map(BigInt) }
}
