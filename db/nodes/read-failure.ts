export type ReadFailureKind =
  /** No node could be reached, or the one that served the request does not answer any more. */
  | 'unavailable'
  /** The snapshot of the request was lost; of the node that says nothing. */
  | 'interrupted'
  /** The database has not the schema of this version. */
  | 'outdated'
  /** No node that can be reached is as fresh as the client asked for. */
  | 'too_stale'
  /** Every connection was taken for as long as a request may wait. */
  | 'busy'
  /** A statement took longer than it may. */
  | 'timeout'
  /** Postgres refuses a value of the request, such as a moment of the year 0. */
  | 'bad_input'

/** A read that could not be answered for a reason the asker should know. */
export class ReadFailure extends Error {
  readonly kind: ReadFailureKind

  constructor(kind: ReadFailureKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ReadFailure'
    this.kind = kind
  }
}

/** @param what all that there is of it was taken for as long as a request may wait */
export const busy = (what: string) => new ReadFailure('busy', `${what}; ask again in a moment`)

const QUERY_CANCELED = '57014'
/** A table or column that this version knows and the database does not. */
const UNDEFINED = ['42P01', '42703']
const NUMERIC_VALUE_OUT_OF_RANGE = '22003'
const DATETIME = ['22007', '22008']
/** On a replica: replay had to remove rows that the query could still see. */
const SERIALIZATION_FAILURE = '40001'

/**
 * Classes what a statement threw; what is not the node's, the time's or the input's fault comes back unchanged.
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
export function readFailure(error: unknown): unknown {
  if (error instanceof ReadFailure) return error
  const { code = '' } = error as { code?: string }
  const cause = { cause: error }
  if (code === QUERY_CANCELED) {
    return new ReadFailure(
      'timeout',
      'the query took too long; ask for a shorter range or fewer dimensions',
      cause,
    )
  }
  if (UNDEFINED.includes(code)) {
    return new ReadFailure(
      'outdated',
      'the database is not migrated to this version yet (npm run migrate)',
      cause,
    )
  }
  if (code === SERIALIZATION_FAILURE) {
    return new ReadFailure('interrupted', 'the replica had to cancel the query to catch up; ask again', cause)
  }
  if (code.startsWith('22')) return new ReadFailure('bad_input', badValue(code), cause)
  if (isSessionLost(code))
    return new ReadFailure('interrupted', 'the connection to the database node was lost; ask again', cause)
  return isNodeLost(code)
    ? new ReadFailure('unavailable', 'the database node was lost; ask again', cause)
    : error
}

/** Somebody, a time-out or the end of the node ended the session: whoever connects next finds out whether the node lives. */
const isSessionLost = (code: string) =>
  code === '57P01' || code === '25P03' || code === 'CONNECTION_CLOSED' || code === 'CONNECTION_DESTROYED'

/** Class 08 and 57P are Postgres going away; the names are those of postgres.js and of sockets. */
const isNodeLost = (code: string) =>
  code.startsWith('08') ||
  code.startsWith('57P') ||
  /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_)/.test(code)

function badValue(code: string): string {
  if (DATETIME.includes(code))
    return 'a moment of the request, or one beside it such as the period before, is outside of the years 1 to 9999: ask with from and to within them'
  return code === NUMERIC_VALUE_OUT_OF_RANGE
    ? 'a number of the request is larger than any that is kept: ask with a smaller one'
    : 'a value of the request cannot be stored text: ask without NUL and without halves of characters'
}
