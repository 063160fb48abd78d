import { DAY, error, freshness, HOUR, type Question, range } from './question.ts'

const topVersions = `
  query ($dimension: Dimension!, $from: DateTime, $to: DateTime, $filter: LoginFilter) {
    answer: topValues(dimension: $dimension, from: $from, to: $to, filter: $filter) {
      __typename
      ... on TopValues {
        totalLogins distinctValues values { value logins share previousLogins } other { values logins share }
        ${freshness}
      }
      ${error}
    }
  }`

/** Questions for the most frequent values of a dimension. */
export const topQuestions: Question[] = [
  {
    name: 'top versions of a year, of a region and failures',
    query: topVersions,
    variables: (time, { days }) => ({
      dimension: 'APP_VERSION',
      ...range(days * DAY, time * HOUR),
      filter: { usRegions: ['WEST'], outcomes: ['FAILURE'] },
    }),
  },
]
