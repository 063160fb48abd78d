import { before, DAY, error, freshness, HOUR, type Question, range } from './question.ts'
import { countsQuery } from './questions-counts.ts'
import { topQuery } from './questions-top.ts'

/** Counts as they stood. */
export const momentQuestions: Question[] = [
  {
    name: 'hours of a day, as they stood 12 hours before',
    query: countsQuery('DateTime'),
    variables: (time) => ({ bucket: 'HOUR', ...range(DAY, 0), asOf: before(12 * HOUR + time) }),
  },
  {
    name: 'top locales of a day, as they stood 12 hours before',
    query: topQuery('DateTime'),
    variables: (time) => ({ dimension: 'LOCALE', ...range(DAY, 0), asOf: before(12 * HOUR + time) }),
  },
  {
    name: 'what was counted in 6 hours, by device type',
    query: `query ($since: DateTime!, $until: DateTime!, $from: DateTime, $to: DateTime) {
      answer: countChanges(bucket: HOUR, since: $since, until: $until, from: $from, to: $to, groupBy: [DEVICE_TYPE]) {
        __typename
        ... on LoginCounts { series { deviceType total points { start logins } } ${freshness} }
        ${error}
      }
    }`,
    variables: (time) => ({
      since: before(9 * HOUR + time),
      until: before(3 * HOUR + time),
      ...range(DAY, 0),
    }),
  },
]
