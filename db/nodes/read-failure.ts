import { UNDEFINED_TABLE } from '../connection/failure.ts'

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

/** What a code of SQLSTATE, or of postgres.js, means to whoever asked. */
type Meaning = [kind: ReadFailureKind, message: string]

const outdated: Meaning = ['outdated', 'the database is not migrated to this version yet (npm run migrate)']
const badMoment: Meaning = [
  'bad_input',
  'a moment of the request, or one beside it such as the period before, is outside of the years 1 to 9999: ask with from and to within them',
]
/** Somebody, a time-out or the end of the node ended the session: whoever connects next finds out whether the node lives. */
const sessionLost: Meaning = ['interrupted', 'the connection to the database node was lost; ask again']

const meaningOfCode: Record<string, Meaning> = {
  // query_canceled
  '57014': ['timeout', 'the query took too long; ask for a shorter range or fewer dimensions'],
  // A table or column that this version knows and the database does not.
  [UNDEFINED_TABLE]: outdated,
  '42703': outdated,
  // serialization_failure, on a replica: replay had to remove rows that the query could still see.
  '40001': ['interrupted', 'the replica had to cancel the query to catch up; ask again'],
  '22003': ['bad_input', 'a number of the request is larger than any that is kept: ask with a smaller one'],
  '22007': badMoment,
  '22008': badMoment,
  '57P01': sessionLost,
  '25P03': sessionLost,
  CONNECTION_CLOSED: sessionLost,
  CONNECTION_DESTROYED: sessionLost,
}

/** Of codes that the table has not, by their beginning: the names are those of postgres.js and of sockets. */
const meaningOfBeginning: [RegExp, Meaning][] = [
  [
    /^22/,
    [
      'bad_input',
      'a value of the request cannot be stored text: ask without NUL and without halves of characters',
    ],
  ],
  [
    /^(08|57P|CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_)/,
    ['unavailable', 'the database node was lost; ask again'],
  ],
]

/**
 * Classes what a statement threw; what is not the node's, the time's or the input's fault comes back unchanged.
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
export function readFailure(error: unknown): unknown {
  if (error instanceof ReadFailure) return error
  const { code = '' } = error as { code?: string }
  const meaning = meaningOfCode[code] ?? meaningOfBeginning.find(([beginning]) => beginning.test(code))?.[1]
  return meaning === undefined ? error : new ReadFailure(...meaning, { cause: error })
}
