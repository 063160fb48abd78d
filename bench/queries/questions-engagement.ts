import { memberId } from '../history/history-logins.ts'
import { DAY, freshness, HOUR, pick, type Question, range, states, zones } from './question.ts'
import { HISTORY_END_MS } from '../history/history-size.ts'

/** The last `count` months of the history, which ends with a month. */
function months(count: number): { from: string; to: string } {
  const end = new Date(HISTORY_END_MS)
  const from = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() - count))
  return { from: from.toISOString(), to: end.toISOString() }
}
const monthsIn = (days: number): number => Math.floor((days / 365) * 12)

const lifecycles = `
  query ($bucket: Bucket!, $from: Moment!, $to: Moment!) {
    answer: measures(bucket: $bucket, from: $from, to: $to) {
      points { start users newUsers returningUsers resurrectedUsers dormantUsers } ${freshness}
    }
  }`
const people = `
  query ($from: Moment, $to: Moment, $filter: AttemptFilter) {
    answer: measures(from: $from, to: $to, filter: $filter) {
      total { users devices addresses } ${freshness}
    }
  }`
const cohorts = `
  query ($bucket: Bucket!, $from: Moment!, $to: Moment!, $groupBy: [Dimension!], $timeZone: String) {
    answer: retention(bucket: $bucket, from: $from, to: $to, groupBy: $groupBy, timeZone: $timeZone) {
      cohorts { start values users points { index users share } } ${freshness}
    }
  }`
const user = `
  query ($id: String!) {
    answer: user(userId: $id) {
      userId firstDay lastDay activeDays
      traits { users { ...page } devices { ...page } addresses { ...page } }
      ${freshness}
    }
  }
  fragment page on TraitConnection { edges { node { value attempts lastSeenAt } } }`

/** Questions about who was active when, and about a single user. */
export const engagementQuestions: Question[] = [
  {
    name: 'active users, days of a year',
    query: lifecycles,
    variables: (_, { days }) => ({ bucket: 'DAY', ...months(monthsIn(days)) }),
  },
  {
    name: 'uniques of 24 hours, of a state and a device type',
    query: people,
    variables: (time) => ({
      ...range(DAY, time * HOUR + 1),
      filter: { locale: { in: [pick(states, time)] }, deviceType: { in: ['IOS'] } },
    }),
  },
  {
    name: 'uniques of three weeks, from noon',
    query: people,
    variables: (time) => range(21 * DAY, 12 * HOUR + time),
  },
  {
    name: 'uniques of a year',
    query: people,
    variables: (time, { days }) => range((days - 10) * DAY, (time % 10) * DAY),
  },
  {
    name: 'retention of 6 monthly cohorts by version',
    query: cohorts,
    variables: () => ({
      bucket: 'MONTH',
      ...months(6),
      groupBy: ['APP_VERSION'],
    }),
  },
  {
    name: 'retention of 4 weekly cohorts in a zone',
    query: cohorts,
    variables: (time) => ({
      bucket: 'WEEK',
      from: '2026-02-02',
      to: '2026-03-02',
      timeZone: pick(zones, time),
    }),
  },
  {
    name: 'retention of 28 daily cohorts in a zone',
    query: cohorts,
    variables: (time) => ({
      bucket: 'DAY',
      from: '2026-02-01',
      to: '2026-03-01',
      timeZone: pick(zones, time),
    }),
  },
  {
    name: 'a user',
    query: user,
    variables: (time) => ({ id: memberId('user', time * 100) }),
  },
]
