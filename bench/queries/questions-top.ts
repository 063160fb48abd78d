import { DAY, error, freshness, HOUR, type Question, range } from './question.ts'

/** @param asOf as of countsQuery */
export const topQuery = (asOf = '') => `
  query ($dimension: Dimension!, $from: DateTime, $to: DateTime, $filter: LoginFilter, $order: Order,
         $first: Int${asOf === '' ? '' : `, $asOf: ${asOf}`}) {
    answer: topValues(dimension: $dimension, from: $from, to: $to, filter: $filter, order: $order,
                      first: $first${asOf === '' ? '' : ', asOf: $asOf'}) {
      __typename
      ... on TopValues {
        totalLogins distinctValues values { value logins share previousLogins } other { values logins share }
        ${freshness}
      }
      ${error}
    }
  }`

const top = (name: string, variables: Question['variables']): Question => ({
  name,
  query: topQuery(),
  variables,
})

/** Values of dimensions, ranked. */
export const topQuestions: Question[] = [
  top('top locales of a day', (time) => ({ dimension: 'LOCALE', ...range(DAY, time) })),
  top('top locales of a year', (time, { days }) => ({
    dimension: 'LOCALE',
    ...range(days * DAY, time * HOUR),
  })),
  top('rarest versions of a month, of a device type', (time) => ({
    dimension: 'APP_VERSION',
    ...range(30 * DAY, time * HOUR),
    filter: { deviceTypes: ['IOS'] },
    order: 'ASC',
  })),
  top('top versions of a year, of a region and failures', (time, { days }) => ({
    dimension: 'APP_VERSION',
    ...range(days * DAY, time * HOUR),
    filter: { usRegions: ['WEST'], outcomes: ['FAILURE'] },
  })),
]
