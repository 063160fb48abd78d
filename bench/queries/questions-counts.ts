import { before, DAY, error, freshness, HOUR, pick, type Question, range, states, zones } from './question.ts'

type Chart = { shared: string; series: string }
const points: Chart = { shared: '', series: 'points { start logins }' }
/** The shape for more values than an answer may have points. */
const lists: Chart = { shared: 'buckets { start }', series: 'counts' }

/**
 * @param asOf type of the argument that asks for counts as they stood at a moment; '' asks for those of now
 * @param chart the fields of each series, and those that all series share
 */
const countsQuery = (asOf = '', chart: Chart = points) => `
  query ($bucket: Bucket!, $from: DateTime, $to: DateTime, $groupBy: [Dimension!], $filter: LoginFilter,
         $timeZone: String, $fillGaps: Boolean = false, $previous: Boolean = false${asOf === '' ? '' : `, $asOf: ${asOf}`}) {
    answer: loginCounts(bucket: $bucket, from: $from, to: $to, groupBy: $groupBy, filter: $filter, timeZone: $timeZone,
                        fillGaps: $fillGaps, previous: $previous${asOf === '' ? '' : ', asOf: $asOf'}) {
      __typename
      ... on LoginCounts {
        ${chart.shared} series { deviceType appVersion locale outcome usRegion total ${chart.series} }
        ${freshness}
      }
      ${error}
    }
  }`
const counts = (name: string, variables: Question['variables'], chart = points): Question => ({
  name,
  query: countsQuery('', chart),
  variables,
})
/** Logins over time. */
export const countsQuestions: Question[] = [
  counts('minutes of 6 days', (time) => ({ bucket: 'MINUTE', ...range(6 * DAY, time) })),
  counts('hours of a week, by outcome, of devices and states', (time) => ({
    bucket: 'HOUR',
    ...range(7 * DAY, time * HOUR),
    groupBy: ['OUTCOME'],
    filter: { deviceTypes: ['IOS'], locales: [pick(states, time), pick(states, time + 1)] },
  })),
  counts(
    'hours of a year, by device type',
    (time, { days }) => ({
      bucket: 'HOUR',
      ...range(days * DAY, time * HOUR),
      groupBy: ['DEVICE_TYPE'],
    }),
    lists,
  ),
  counts(
    'days of a year, by locale, by a clock of half hours',
    (time, { days }) => ({
      bucket: 'DAY',
      ...range(days * DAY, time * HOUR),
      groupBy: ['LOCALE'],
      timeZone: pick(zones, time),
    }),
    lists,
  ),
  counts('days of a year, by outcome, of a device type and a state', (time, { days }) => ({
    bucket: 'DAY',
    ...range(days * DAY, time * HOUR),
    groupBy: ['OUTCOME'],
    filter: { deviceTypes: ['ANDROID'], locales: [pick(states, time)] },
  })),
  counts('months of a year, by two dimensions', (time, { days }) => ({
    bucket: 'MONTH',
    ...range(days * DAY, time * HOUR),
    groupBy: ['LOCALE', 'DEVICE_TYPE'],
  })),
  {
    name: 'hours of a day, as they stood 12 hours before',
    query: countsQuery('DateTime'),
    variables: (time) => ({ bucket: 'HOUR', ...range(DAY, 0), asOf: before(12 * HOUR + time) }),
  },
]
