import { memberId } from '../history/history-logins.ts'
import { DAY, error, freshness, HOUR, pick, type Question, range, states } from './question.ts'
import { HISTORY_END_MS } from '../history/history-size.ts'

/** The last `count` months of the history, which ends with a month. */
function months(count: number): { from: string; to: string } {
  const end = new Date(HISTORY_END_MS)
  const from = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() - count))
  return { from: from.toISOString(), to: end.toISOString() }
}
const monthsIn = (days: number): number => Math.floor((days / 365) * 12)

const active = `
  query ($period: Period!, $from: DateTime!, $to: DateTime!, $filter: LoginFilter) {
    answer: activeUsers(period: $period, from: $from, to: $to, filter: $filter) {
      __typename
      ... on ActiveUsers { points { start active new returning resurrected dormant } ${freshness} }
      ${error}
    }
  }`
const uniques = `
  query ($from: DateTime, $to: DateTime, $filter: LoginFilter) {
    answer: uniques(from: $from, to: $to, filter: $filter) {
      __typename
      ... on Uniques { users { count source } devices { count source } addresses { count source } ${freshness} }
      ${error}
    }
  }`
const cohorts = `
  query ($period: Period!, $from: DateTime!, $periods: Int!, $by: CohortBy) {
    answer: cohortRetention(period: $period, from: $from, periods: $periods, by: $by) {
      __typename
      ... on CohortRetention { cohorts { start value users periods { offset users share } } ${freshness} }
      ${error}
    }
  }`
const user = `
  query ($id: String!) {
    answer: user(id: $id) {
      __typename
      ... on Profile {
        id firstDay lastDay activeDays
        traits { users { ...page } devices { ...page } addresses { ...page } }
        ${freshness}
      }
      ${error}
    }
  }
  fragment page on TraitConnection { edges { node { value logins lastAt } } }`

/** Questions about who was active when, and about a single user. */
export const engagementQuestions: Question[] = [
  {
    name: 'active users, days of a year',
    query: active,
    variables: (_, { days }) => ({ period: 'DAY', ...months(monthsIn(days)) }),
  },
  {
    name: 'uniques of 24 hours, of a state and a device type',
    query: uniques,
    variables: (time) => ({
      ...range(DAY, time * HOUR + 1),
      filter: { locales: [pick(states, time)], deviceTypes: ['IOS'] },
    }),
  },
  {
    name: 'uniques of three weeks, from noon',
    query: uniques,
    variables: (time) => range(21 * DAY, 12 * HOUR + time),
  },
  {
    name: 'uniques of a year',
    query: uniques,
    variables: (time, { days }) => range((days - 10) * DAY, (time % 10) * DAY),
  },
  {
    name: 'retention of 6 monthly cohorts by version',
    query: cohorts,
    variables: () => ({ period: 'MONTH', from: months(6).from, periods: 6, by: 'APP_VERSION' }),
  },
  {
    name: 'a user',
    query: user,
    variables: (time) => ({ id: memberId('user', time * 100) }),
  },
]
