/** What a code tells a client, as docs/errors.md prints it (`npm run errors`). */
type ErrorMeaning = {
  /** When it is given. */
  when: string
  /** What `extensions` may have beside the code. */
  details: readonly ErrorDetail[]
}

type ErrorDetail = keyof typeof errorDetails

/** What `extensions` of an error may have beside the code, as docs/errors.md prints it. */
export const errorDetails = {
  argument:
    'The argument that it is about, such as `from` or `filter.committedAt`. Of a variable: `$filter.locale.in[0]`.',
  cap: 'The number that was exceeded.',
  asked: 'The number that was asked for.',
  keptFrom: 'From when on there is data to answer with; null: there is none.',
  fate: 'What became of the record that the request named, as `offsetFate` says it; or `LOST` before it was read, `HALTED` where reading halted before it, `NEVER_SEEN` where no attempt that is kept as a row has the event_id, `PENDING_ROLLUP` where it is counted and not yet in answers about users, devices and addresses.',
  behind: 'How many offsets have to be decided until the record is; left out when that is not known.',
  logEnd:
    "Where Kafka's log of the partition ended, a second ago at most: the offset that its next record gets, as text. A record whose offset is not before it is not written yet.",
  retryAfterMs: 'After how many milliseconds to ask again.',
  errorId: 'Finds the cause in the log of the API.',
  requestId: 'Finds all lines of the request in the log of the API: the answer has it as `x-request-id`.',
} as const

/** Every `extensions.code` that the API gives. Clients may rely on there being no other one. */
export const errorCodes = {
  INVALID_ARGUMENT: {
    when: 'An argument is unusable by itself: a text, a name of a topic, an IP address, a version, a cursor, a size of a page.',
    details: ['argument'],
  },
  INVALID_RANGE: {
    when: 'A range or a moment cannot be answered: empty, not on the edges of what is counted, before 1970, in the future, or in a time zone that does not exist.',
    details: ['argument'],
  },
  UNSUPPORTED_COMBINATION: {
    when: 'Arguments do not go together, or a filter is by more dimensions than are kept together.',
    details: ['argument'],
  },
  ANSWER_TOO_LARGE: {
    when: 'The answer would have more buckets, points, groups or rows than it may have, or add up more batches; or a list of an argument is too long.',
    details: ['argument', 'cap', 'asked'],
  },
  DATA_GONE: {
    when: 'Only rows of attempts, sets or counts of minutes, or records in Kafka could answer, and they are no longer kept.',
    details: ['argument', 'keptFrom'],
  },
  NOT_FOUND: {
    when: 'There is no such topic, partition, batch, run, user, device or address; or the topic that `x-rollcall-read-after` names is not the one that is counted.',
    details: ['argument'],
  },
  NOT_YET_COUNTED: {
    when: 'What `x-rollcall-read-after` names was not counted within `x-rollcall-read-timeout-ms`, or not yet in the sets that the question reads.',
    details: ['fate', 'behind', 'logEnd'],
  },
  NEVER_COUNTED: {
    when: 'What `x-rollcall-read-after` names is rejected, skipped, lost or from before the first read; or parked, or behind a halt, until an operator acts.',
    details: ['fate'],
  },
  TOO_STALE: {
    when: 'No database node that can be reached is as fresh as `x-rollcall-max-staleness-ms` or `x-rollcall-read-after` asks for.',
    details: [],
  },
  DATABASE_UNAVAILABLE: {
    when: 'No database node answers, the connection was lost, or the database is not migrated yet.',
    details: [],
  },
  DATABASE_BUSY: {
    when: 'Too many questions are being answered at the moment.',
    details: ['cap', 'retryAfterMs'],
  },
  QUERY_TIMEOUT: {
    when: 'The database took too long.',
    details: [],
  },
  KAFKA_UNAVAILABLE: {
    when: 'Kafka, which holds the records of a batch, does not answer.',
    details: [],
  },
  TEMPORAL_UNAVAILABLE: {
    when: 'Temporal, which knows the state of a run, does not answer.',
    details: [],
  },
  NO_WORKER: {
    when: 'No worker answers for a run.',
    details: [],
  },
  RATE_LIMITED: {
    when: 'A client asked more a second than API_QUESTIONS_PER_SECOND, sent too many commands, or has too many subscriptions; or too many requests came from its address, or too many that did not prove who sent them.',
    details: ['cap', 'retryAfterMs'],
  },
  TOO_COMPLEX: {
    when: 'The document has more complexity, levels, fields, fragments, aliases, directives or tokens than it may have, or its variables more levels.',
    details: ['cap', 'asked'],
  },
  BAD_HEADER: {
    when: 'A header that begins with `x-rollcall-`, or `last-event-id`, is unusable; or the API knows none of that name.',
    details: [],
  },
  BAD_VARIABLES: {
    when: 'A variable is missing, or its value does not fit its type.',
    details: ['argument'],
  },
  GRAPHQL_PARSE_FAILED: {
    when: 'The document is not GraphQL.',
    details: [],
  },
  GRAPHQL_VALIDATION_FAILED: {
    when: 'The document does not fit the schema.',
    details: ['argument'],
  },
  BAD_REQUEST: {
    when: 'The HTTP request is unusable: its path, method, headers, size or body.',
    details: [],
  },
  UNAUTHENTICATED: {
    when: 'The request has no access token or session, or one that is not valid here or not any more.',
    details: [],
  },
  FORBIDDEN: {
    when: 'No role of who asks may have this: the message names the role that may. Or another page than one of the API may have sent it.',
    details: ['argument'],
  },
  IDENTITY_UNAVAILABLE: {
    when: 'The identity provider does not answer, and the key of the token is not known yet; or the database with the sessions does not.',
    details: ['retryAfterMs'],
  },
  AUDIT_UNAVAILABLE: {
    when: 'The answer shows persons, who looks at them is audited (AUDIT_READS), and the primary does not take that at the moment: nothing is shown.',
    details: ['retryAfterMs'],
  },
  PERSISTED_QUERY_NOT_FOUND: {
    when: 'No document of the file API_DOCUMENTS has this hash.',
    details: [],
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    when: 'A document is named by its hash, and there are no persisted documents.',
    details: [],
  },
  PERSISTED_DOCUMENT_REQUIRED: {
    when: 'A document came as text, and only persisted ones are run.',
    details: [],
  },
  UNEXPECTED: {
    when: 'A fault of Rollcall or of a part that it cannot name.',
    details: ['errorId', 'requestId'],
  },
} as const satisfies Record<string, ErrorMeaning>

export type ErrorCode = keyof typeof errorCodes

export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(errorCodes, code)
