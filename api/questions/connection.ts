import type { Key, Page } from '../../db/read/keyset.ts'
import type { ReadSession } from '../../db/nodes/snapshot.ts'
import type { ApiContext } from '../context/context.ts'
import { checkPageSize, limits } from '../context/limits.ts'
import { InvalidArgumentError, UnsupportedCombinationError } from '../context/errors.ts'

export type PageArgs = {
  first?: number | null | undefined
  last?: number | null | undefined
  after?: string | null | undefined
  before?: string | null | undefined
}

/** How many rows a list has: exactly, or at least. */
export type ListCount = { value: number; precision: 'exact' | 'at_least' }

/** What a connection adds to Relay's. */
export type Countable = { totalCount: () => Promise<ListCount> }

export type Connection<Row> = Countable & {
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

type List<Row> = {
  /** Cursors of lists with other names are refused. */
  list: string
  /** The key that the list is ordered by; cursors are made of it. */
  keyOf: (row: Row) => Key
  /** Reads the rows in the order of the page, backwards if it is. */
  read: (session: ReadSession, page: Page) => Promise<Row[]>
  /** Counts the rows of the whole list, and stops at the limit. */
  count: (session: ReadSession, limit: number) => Promise<number>
}

/**
 * Reads a page of a Relay connection (https://relay.dev/graphql/connections.htm).
 * @throws {AnswerTooLargeError | InvalidArgumentError | UnsupportedCombinationError}
 */
export async function readConnection<Row>(
  context: Pick<ApiContext, 'read'>,
  args: PageArgs,
  { list, keyOf, read, count }: List<Row>,
): Promise<Connection<Row>> {
  const { size, backwards } = pageSize(args)
  const [after, before] = [decodeCursor(list, 'after', args.after), decodeCursor(list, 'before', args.before)]
  // One row more than asked for shows whether there is another page.
  const page = { after, before, backwards, limit: size + 1 }
  const found = await context.read((session) => read(session, page))
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
    totalCount: async () => countOf(await context.read((session) => count(session, limits.counted + 1))),
  }
}

/** @param rows more than the cap are counted as far as the cap */
export const countOf = (rows: number): ListCount =>
  rows > limits.counted
    ? { value: limits.counted, precision: 'at_least' }
    : { value: rows, precision: 'exact' }

/** The cost of a connection: the cost of a row times the rows. */
export const connectionComplexity = (args: PageArgs) => ({
  field: 1,
  multiplier: Math.max(1, args.first ?? args.last ?? DEFAULT_PAGE),
})

function pageSize({ first = null, last = null }: PageArgs): { size: number; backwards: boolean } {
  if (first !== null && last !== null)
    throw new UnsupportedCombinationError('first and last do not go together: give one of them', 'last')
  const [name, size] = last === null ? (['first', first ?? DEFAULT_PAGE] as const) : (['last', last] as const)
  if (size < 0) throw new InvalidArgumentError(`${name} must not be negative: give 0 or more`, name)
  checkPageSize(name, size)
  return { size, backwards: last !== null }
}

export const encodeCursor = (list: string, { at, ids }: Key) =>
  Buffer.from([list, at, ...ids].join('|')).toString('base64url')

/** The first moment that arguments may have (Unix milliseconds). */
export const YEAR_1_MS = Date.parse('0001-01-01T00:00:00Z')

/** The name of the list, a timestamptz in UTC as Postgres writes it, and ids. */
const CURSOR = /^([a-zA-Z]+)\|(\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00)((?:\|\d{1,18})+)$/

/**
 * The key of a cursor; null: there is no cursor.
 * @throws {InvalidArgumentError} if it is not a cursor of this list
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
    throw new InvalidArgumentError(
      `${name} is not a cursor of this list: use a cursor as this list returned it`,
      name,
    )
  }
  return { at, ids: ids.slice(1).split('|').map(BigInt) }
}
