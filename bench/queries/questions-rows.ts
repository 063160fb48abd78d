import { batchId, memberId } from '../history/history-logins.ts'
import { HISTORY_END_MS } from '../history/history-size.ts'
import { DAY, HOUR, MINUTE_MS, pick, type Question, range, states } from './question.ts'

const rowsQuery = (field: string, filter: string, node: string, range = { variables: '', args: '' }) => `
  query ($filter: ${filter}, $first: Int${range.variables}) {
    answer: ${field}(filter: $filter, first: $first${range.args}) {
      edges { cursor node { ${node} } } pageInfo { hasNextPage endCursor }
    }
  }`
const attempt =
  'eventAt userId deviceId ip locale appVersion deviceType outcome partition offset batchId failureReason'
const attemptsQuery = rowsQuery('attempts', 'AttemptRowFilter', attempt, {
  variables: ', $from: Moment, $to: Moment',
  args: ', from: $from, to: $to',
})
const batchesQuery = rowsQuery(
  'batches',
  'BatchFilter',
  'batchId partition fromOffset toOffset status attempts rejects gaps committedAt error',
)
/** The id of the batch of a minute before the end of the history. */
const batchOf = (minutesBefore: number, partition: number) =>
  batchId(HISTORY_END_MS / MINUTE_MS - minutesBefore, partition)

/** Questions for lists of rows. */
export const rowQuestions: Question[] = [
  {
    name: 'logins of a user in a month',
    query: attemptsQuery,
    variables: (time) => ({
      ...range(30 * DAY, 0),
      filter: { users: [memberId('user', time * 100)] },
      first: 50,
    }),
  },
  {
    name: 'logins of a month, failures of a state on a device type',
    query: attemptsQuery,
    variables: (time) => ({
      ...range(30 * DAY, time),
      filter: {
        locale: { in: [pick(states, time)] },
        deviceType: { in: ['UNKNOWN'] },
        outcome: { in: ['FAILURE'] },
      },
      first: 50,
    }),
  },
  {
    name: 'logins of a batch',
    query: attemptsQuery,
    variables: (time) => ({ filter: { batchId: batchOf(12 * HOUR + time, 1) }, first: 50 }),
  },
  {
    name: 'rejects, a page',
    query: rowsQuery(
      'rejectedRecords',
      'RejectedRecordFilter',
      'offset partition reason detail valueText rejectedAt batchId isRedriven',
    ),
    variables: (time) => ({ filter: { rejectedAt: range(DAY, time) }, first: 50 }),
  },
  {
    name: 'batches, a page of a day',
    query: batchesQuery,
    variables: (time) => ({ filter: { committedAt: range(DAY, time) }, first: 50 }),
  },
]
