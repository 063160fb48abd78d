import { UNDEFINED_TABLE } from '../connection/failure.ts'

export type ReadFailureKind =
  /** No node could be reached, or the one that served the request no longer answers, or not about a table. */
  | 'unavailable'
  /** The request lost its snapshot, which does not mean that the node is away. */
  | 'interrupted'
  /** The database lacks tables or columns of this version's schema. */
  | 'outdated'
  /** No node that can be reached is as fresh as the client requires. */
  | 'too_stale'
  /** No connection became free while the request waited. */
  | 'busy'
  /** A statement took longer than it may. */
  | 'timeout'
  /** Postgres refuses a value of the request, such as a moment in the year 0. */
  | 'bad_input'

/** A read that failed for a reason that the client should know. */
export class ReadFailure extends Error {
  readonly kind: ReadFailureKind

  constructor(kind: ReadFailureKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ReadFailure'
    this.kind = kind
  }
}

/** For what is left out of an answer where it cannot be read: takes an error of a read, and throws any other. */
export function nullIfAway(error: unknown): null {
  if (error instanceof ReadFailure) return null
  throw error
}

/** @param what a clause that says what stayed busy for as long as a request may wait */
export const busy = (what: string) => new ReadFailure('busy', `${what}; ask again in a moment`)

/** What an error code means to the client. */
type Meaning = [kind: ReadFailureKind, message: string]

const outdated: Meaning = ['outdated', 'the database is not migrated to this version yet (npm run migrate)']
const badMoment: Meaning = [
  'bad_input',
  'a moment of the request, or one next to it such as the period before, is outside the years 1 to 9999: ask with from and to within them',
]
/**
 * An operator, a time-out or a shutdown ended the session; the next connection shows whether the node still
 * runs.
 */
const sessionLost: Meaning = ['interrupted', 'the connection to the database node was lost; ask again']

const meaningOfCode: Record<string, Meaning> = {
  // query_canceled
  '57014': ['timeout', 'the query took too long; ask for a shorter range or fewer dimensions'],
  // lock_not_available: somebody changes the table, or the replica stopped before the end of such a change.
  '55P03': [
    'unavailable',
    'a table of the database node stayed locked, because its schema is being changed or a replica does not replay the end of such a change; ' +
      'ask again, and another node answers if there is one',
  ],
  // undefined_table, undefined_column
  [UNDEFINED_TABLE]: outdated,
  '42703': outdated,
  // serialization_failure; on a replica: replay had to remove rows that the query could still see.
  '40001': ['interrupted', 'the replica had to cancel the query to catch up; ask again'],
  '22003': ['bad_input', 'a number of the request is larger than any that is kept: ask with a smaller one'],
  '22007': badMoment,
  '22008': badMoment,
  '57P01': sessionLost,
  '25P03': sessionLost,
  CONNECTION_CLOSED: sessionLost,
  CONNECTION_DESTROYED: sessionLost,
}

/**
 * For codes that `meaningOfCode` lacks, by their beginning. Names are codes of postgres.js or of Node's
 * sockets.
 */
const meaningOfBeginning: [RegExp, Meaning][] = [
  [
    /^22/,
    [
      'bad_input',
      'Postgres cannot hold a text of the request: ask without NUL characters and without lone surrogates',
    ],
  ],
  [
    /^(08|57P|CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_)/,
    ['unavailable', 'the database node was lost; ask again'],
  ],
]

/**
 * Turns what a statement threw into a ReadFailure. An error that neither the node, nor a time-out, nor the
 * input caused comes back unchanged. https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
export function readFailure(error: unknown): unknown {
  if (error instanceof ReadFailure) return error
  const { code = '' } = error as { code?: string }
  const meaning = meaningOfCode[code] ?? meaningOfBeginning.find(([beginning]) => beginning.test(code))?.[1]
  return meaning === undefined ? error : new ReadFailure(...meaning, { cause: error })
}
