import { DAY, error, freshness, HOUR, type Question, range } from './question.ts'

const query = (field: string, type: string, variables: string, selection: string, more = '') => `
  query ($from: DateTime, $to: DateTime, $timeZone: String${variables}) {
    answer: ${field}(from: $from, to: $to, timeZone: $timeZone${more}) {
      __typename
      ... on ${type} { ${selection} ${freshness} }
      ${error}
    }
  }`
const heatmap = query(
  'loginHeatmap',
  'LoginHeatmap',
  ', $filter: LoginFilter',
  'cells { weekday hour logins mean occurrences }',
  ', filter: $filter',
)
const adoption = query(
  'versionAdoption',
  'VersionAdoption',
  ', $bucket: Bucket',
  'points { start end logins newest outdatedLogins outdatedShare versions { version logins share } }',
  ', bucket: $bucket',
)
const arrivals = query(
  'arrivals',
  'Arrivals',
  ', $bucket: ArrivalBucket',
  'points { start logins outOfOrder rejects rejectRate rejectsByReason { reason rejects } }',
  ', bucket: $bucket',
)

/** Questions about the hours of logins, their versions, and how they arrived. */
export const shapeQuestions: Question[] = [
  {
    name: 'heatmap of a year, of a device type',
    query: heatmap,
    variables: (time, { days }) => ({ ...range(days * DAY, time * HOUR), filter: { deviceTypes: ['IOS'] } }),
  },
  {
    name: 'adoption of versions, days of a year',
    query: adoption,
    variables: (time, { days }) => ({ bucket: 'DAY', ...range(days * DAY, time * HOUR) }),
  },
  {
    name: 'arrivals, hours of a week',
    query: arrivals,
    variables: (time) => ({ bucket: 'HOUR', ...range(7 * DAY, time * HOUR) }),
  },
]
