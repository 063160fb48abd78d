import type { GroundTruth } from '../../../generator/ground-truth.ts'
import {
  compareTallies,
  type Difference,
  sumTally,
  tally,
  type Tally,
} from '../../support/truth/difference.ts'
import { bucketOf, countName, type CountName, expectedCounts } from '../../support/truth/expected-counts.ts'
import type { Graphql } from '../../support/api/graphql-client.ts'

const DAY_MS = 86_400_000
const PAGE_ROWS = 500

/** Where the answers of the API differ from the books. */
export async function compareGraphql(ask: Graphql, truth: GroundTruth): Promise<Difference[]> {
  const days = truth.usersPerDay().map(([day]) => day)
  const { logins } = truth.totals()
  return [
    ...compareTallies('loginCounts', expectedCounts(truth, 'minute'), await askCounts(ask, days)),
    ...compareTallies('topValues', new Map([['logins', logins]]), await askTotal(ask, days)),
    ...compareTallies('reconciliation', new Map([['agrees', 'true']]), await askReconciliation(ask)),
    ...compareTallies('rejectedLogins', new Map(truth.rejectsByReason()), await askRejects(ask)),
  ]
}

type CountSeries = Omit<CountName, 'bucket'> & { points: { start: string; logins: number }[] }

/** By minute and all dimensions, a day at a time. */
async function askCounts(ask: Graphql, days: readonly string[]): Promise<Tally> {
  const rows: [name: string, logins: number][] = []
  for (const day of days) {
    const { loginCounts } = await ask(
      `query ($from: DateTime!, $to: DateTime!) {
        loginCounts(from: $from, to: $to, bucket: MINUTE, fillGaps: false,
                    groupBy: [DEVICE_TYPE, APP_VERSION, LOCALE, OUTCOME]) {
          ... on LoginCounts { series { deviceType appVersion locale outcome points { start logins } } }
          ... on Error { message }
        }
      }`,
      { from: dayStart(day), to: dayStart(day, 1) },
    )
    for (const { points, ...values } of unlessError(loginCounts as { series: CountSeries[] } | Problem)
      .series)
      for (const { start, logins } of points) rows.push([nameOf({ ...values, bucket: start }), logins])
  }
  return sumTally(rows)
}

const nameOf = (row: CountName): string =>
  countName({
    ...row,
    bucket: bucketOf(row.bucket, 'minute'),
    deviceType: row.deviceType === 'IOS' ? 'iOS' : row.deviceType.toLowerCase(),
    outcome: row.outcome.toLowerCase(),
  })

async function askTotal(ask: Graphql, days: readonly string[]): Promise<Tally> {
  const { topValues } = await ask(
    `query ($from: DateTime!, $to: DateTime!) {
      topValues(dimension: LOCALE, from: $from, to: $to) { ... on TopValues { totalLogins } ... on Error { message } }
    }`,
    { from: dayStart(days[0]), to: dayStart(days.at(-1), 1) },
  )
  return new Map([['logins', unlessError(topValues as { totalLogins: number } | Problem).totalLogins]])
}

async function askReconciliation(ask: Graphql): Promise<Tally> {
  const { reconciliation } = await ask(
    `{ reconciliation {
      ... on Reconciliation { agrees differences { kind expected found } } ... on Error { message }
    } }`,
  )
  const answer = unlessError(reconciliation as { agrees: boolean; differences: object[] } | Problem)
  return new Map([
    ['agrees', String(answer.agrees)],
    ...answer.differences.map((difference) => [JSON.stringify(difference), 'differs'] as const),
  ])
}

type RejectPage = {
  edges: { node: { reason: string } }[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

async function askRejects(ask: Graphql): Promise<Tally> {
  const reasons: string[] = []
  for (let after: string | null = null, more = true; more;) {
    const { rejectedLogins } = await ask(
      `query ($after: String) {
        rejectedLogins(first: ${PAGE_ROWS}, after: $after) {
          ... on RejectedLoginConnection { edges { node { reason } } pageInfo { hasNextPage endCursor } }
          ... on Error { message }
        }
      }`,
      { after },
    )
    const { edges, pageInfo } = unlessError(rejectedLogins as RejectPage | Problem)
    reasons.push(...edges.map(({ node }) => node.reason.toLowerCase()))
    after = pageInfo.endCursor
    more = pageInfo.hasNextPage
  }
  return tally(reasons)
}

/** An error of the schema. */
type Problem = { message: string }

/** @throws when the answer is an error of the schema */
function unlessError<T extends object>(answer: T | Problem): T {
  if ('message' in answer) throw new Error(answer.message)
  return answer
}

const dayStart = (day = '1970-01-01', later = 0): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + later * DAY_MS).toISOString()
