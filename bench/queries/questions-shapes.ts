import { DAY, freshness, HOUR, type Question, range } from './question.ts'

const query = (field: string, args: string, selection: string, variables = '') => `
  query ($from: Moment, $to: Moment, $timeZone: String${variables}) {
    answer: ${field}(from: $from, to: $to, timeZone: $timeZone, ${args}) {
      ${selection} ${freshness}
    }
  }`
const heatmap = query(
  'measures',
  'filter: $filter, groupBy: [WEEKDAY, HOUR_OF_DAY]',
  'groups { values attempts elapsedMinutes }',
  ', $filter: AttemptFilter',
)
const adoption = query(
  'measures',
  'bucket: DAY, groupBy: [APP_VERSION]',
  'points { start end attempts logins newestRelease outdatedLogins } groups { values series(measure: ATTEMPTS) }',
)
const arrivals = query(
  'arrivals',
  'bucket: HOUR',
  'points { start attempts outOfOrder rejects rejectRate rejectsByReason { reason rejects } }',
)

/** Questions about the hours of attempts, their versions, and how they arrived. */
export const shapeQuestions: Question[] = [
  {
    name: 'heatmap of a year, of a device type',
    query: heatmap,
    variables: (time, { days }) => ({
      ...range(days * DAY, time * HOUR),
      filter: { deviceType: { in: ['IOS'] } },
    }),
  },
  {
    name: 'adoption of versions, days of a year',
    query: adoption,
    variables: (time, { days }) => range(days * DAY, time * HOUR),
  },
  {
    name: 'arrivals, hours of a week',
    query: arrivals,
    variables: (time) => range(7 * DAY, time * HOUR),
  },
]
