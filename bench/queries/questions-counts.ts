import { before, DAY, freshness, HOUR, pick, type Question, range, states, zones } from './question.ts'

const points = 'points { start attempts }'
/** The shape for more values than an answer may have points. */
const series = 'series(measure: ATTEMPTS)'

/**
 * @param more arguments beside those that all questions have
 * @param selection what is shown of everything together, and of each group
 */
const countsQuery = (more: string, selection: string) => `
  query ($bucket: Bucket!, $from: Moment, $to: Moment, $filter: AttemptFilter, $timeZone: String, $asOf: Moment) {
    answer: measures(bucket: $bucket, from: $from, to: $to, filter: $filter, timeZone: $timeZone, asOf: $asOf ${more}) {
      ${selection} ${freshness}
    }
  }`
const grouped = (
  name: string,
  groupBy: string,
  chart: string,
  variables: Question['variables'],
): Question => ({
  name,
  query: countsQuery(
    `, groupBy: [${groupBy}]`,
    `${chart === series ? 'buckets { start }' : ''} groups { values attempts ${chart} }`,
  ),
  variables,
})
const together = (name: string, variables: Question['variables']): Question => ({
  name,
  query: countsQuery('', `total { attempts } ${points}`),
  variables,
})
/** Attempts over time. */
export const countsQuestions: Question[] = [
  together('minutes of 6 days', (time) => ({ bucket: 'MINUTE', ...range(6 * DAY, time) })),
  grouped('hours of a week, by outcome, of devices and states', 'OUTCOME', points, (time) => ({
    bucket: 'HOUR',
    ...range(7 * DAY, time * HOUR),
    filter: { deviceType: { in: ['IOS'] }, locale: { in: [pick(states, time), pick(states, time + 1)] } },
  })),
  grouped('hours of a year, by device type', 'DEVICE_TYPE', series, (time, { days }) => ({
    bucket: 'HOUR',
    ...range(days * DAY, time * HOUR),
  })),
  grouped('days of a year, by locale, by a clock of half hours', 'LOCALE', series, (time, { days }) => ({
    bucket: 'DAY',
    ...range(days * DAY, time * HOUR),
    timeZone: pick(zones, time),
  })),
  grouped(
    'days of a year, by outcome, of a device type and a state',
    'OUTCOME',
    points,
    (time, { days }) => ({
      bucket: 'DAY',
      ...range(days * DAY, time * HOUR),
      filter: { deviceType: { in: ['ANDROID'] }, locale: { in: [pick(states, time)] } },
    }),
  ),
  grouped('months of a year, by two dimensions', 'LOCALE, DEVICE_TYPE', points, (time, { days }) => ({
    bucket: 'MONTH',
    ...range(days * DAY, time * HOUR),
  })),
  together('hours of a day, as they stood 12 hours before', (time) => ({
    bucket: 'HOUR',
    ...range(DAY, 0),
    asOf: before(12 * HOUR + time),
  })),
]
