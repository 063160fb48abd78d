import { batchId, memberId } from '../history/history-logins.ts'
import { HISTORY_END_MS } from '../history/history-size.ts'
import { DAY, error, HOUR, MINUTE_MS, pick, type Question, range, states } from './question.ts'

const rowsQuery = (field: string, filter: string, connection: string, node: string) => `
  query ($filter: ${filter}, $first: Int) {
    answer: ${field}(filter: $filter, first: $first) {
      __typename
      ... on ${connection} { edges { cursor node { ${node} } } pageInfo { hasNextPage endCursor } }
      ${error}
    }
  }`
const login =
  'eventAt userId deviceId ip locale appVersion deviceType outcome partition offset batchId failureReason'
const loginsQuery = rowsQuery('logins', 'LoginRowFilter', 'LoginConnection', login)
const batchesQuery = rowsQuery(
  'batches',
  'BatchFilter',
  'BatchConnection',
  'id partition fromOffset toOffset status logins rejects gaps committedAt error',
)
/** The id of the batch of a minute before the end of the history. */
const batchOf = (minutesBefore: number, partition: number) =>
  batchId(HISTORY_END_MS / MINUTE_MS - minutesBefore, partition)

/** Questions for lists of rows. */
export const rowQuestions: Question[] = [
  {
    name: 'logins of a user in a month',
    query: loginsQuery,
    variables: (time) => ({
      filter: { userId: memberId('user', time * 100), event: range(30 * DAY, 0) },
      first: 50,
    }),
  },
  {
    name: 'logins of a month, failures of a state on a device type',
    query: loginsQuery,
    variables: (time) => ({
      filter: {
        event: range(30 * DAY, time),
        dimensions: { locales: [pick(states, time)], deviceTypes: ['UNKNOWN'], outcomes: ['FAILURE'] },
      },
      first: 50,
    }),
  },
  {
    name: 'logins of a batch',
    query: loginsQuery,
    variables: (time) => ({ filter: { batchId: batchOf(12 * HOUR + time, 1) }, first: 50 }),
  },
  {
    name: 'rejects, a page',
    query: rowsQuery(
      'rejectedLogins',
      'RejectedLoginFilter',
      'RejectedLoginConnection',
      'offset partition reason detail valueText rejectedAt batchId redriven',
    ),
    variables: (time) => ({ filter: { rejected: range(DAY, time) }, first: 50 }),
  },
  {
    name: 'batches, a page of a day',
    query: batchesQuery,
    variables: (time) => ({ filter: { committed: range(DAY, time) }, first: 50 }),
  },
]
