import type { GroundTruth } from '../../../generator/ground-truth.ts'
import {
  compareTallies,
  type Difference,
  sumTally,
  tally,
  type Tally,
} from '../../support/truth/difference.ts'
import { bucketOf, countName, expectedCounts } from '../../support/truth/expected-counts.ts'
import type { Graphql } from '../../support/api/graphql-client.ts'

const DAY_MS = 86_400_000
const PAGE_ROWS = 500

/** Where the answers of the API differ from the books. */
export async function compareGraphql(ask: Graphql, truth: GroundTruth): Promise<Difference[]> {
  const days = truth.usersPerDay().map(([day]) => day)
  const { logins } = truth.totals()
  return [
    ...compareTallies('measures by minute', expectedCounts(truth, 'minute'), await askCounts(ask, days)),
    ...compareTallies('measures', new Map([['attempts', logins]]), await askTotal(ask, days)),
    ...compareTallies('reconciliation', new Map([['isConsistent', 'true']]), await askReconciliation(ask)),
    ...compareTallies('rejectedRecords', new Map(truth.rejectsByReason()), await askRejects(ask)),
  ]
}

type Point = { start: string; end: string; attempts: number }
type Groups = { groups: { values: [string, string, string, string]; attempts: number }[] }

/** How many questions are asked at once: a request may have 15 aliases. */
const AT_ONCE = 15

/** By minute and all dimensions: first which minutes have attempts, then of which values. */
async function askCounts(ask: Graphql, days: readonly string[]): Promise<Tally> {
  const rows: [name: string, attempts: number][] = []
  for (const day of days) {
    const range = `from: "${dayStart(day)}", to: "${dayStart(day, 1)}"`
    const { measures } = await ask(`{ measures(${range}, bucket: MINUTE) { points { start end attempts } } }`)
    const { points } = measures as { points: Point[] }
    const minutes = points.filter(({ attempts }) => attempts > 0)
    while (minutes.length > 0) {
      const some = minutes.splice(0, AT_ONCE)
      const questions = some.map(
        ({ start, end }, i) =>
          `m${i}: measures(from: "${start}", to: "${end}", groupBy: [DEVICE_TYPE, APP_VERSION, LOCALE, OUTCOME]) {
             groups { values attempts } }`,
      )
      const answers = Object.values(await ask(`{ ${questions.join(' ')} }`)) as Groups[]
      for (const [i, { groups }] of answers.entries())
        for (const { values, attempts } of groups) rows.push([nameOf(some[i]?.start ?? '', values), attempts])
    }
  }
  return sumTally(rows)
}

const nameOf = (
  start: string,
  [deviceType, appVersion, locale, outcome]: Groups['groups'][number]['values'],
): string =>
  countName({
    ...{ bucket: bucketOf(start, 'minute'), appVersion, locale },
    deviceType: deviceType === 'IOS' ? 'iOS' : deviceType.toLowerCase(),
    outcome: outcome.toLowerCase(),
  })

async function askTotal(ask: Graphql, days: readonly string[]): Promise<Tally> {
  const { measures } = await ask(
    `query ($from: Moment!, $to: Moment!) { measures(from: $from, to: $to) { total { attempts } } }`,
    { from: dayStart(days[0]), to: dayStart(days.at(-1), 1) },
  )
  return new Map([['attempts', (measures as { total: { attempts: number } }).total.attempts]])
}

async function askReconciliation(ask: Graphql): Promise<Tally> {
  const { reconciliation } = await ask(
    `{ reconciliation {
      isConsistent discrepancies { kind expected found }
    } }`,
  )
  const answer = reconciliation as { isConsistent: boolean; discrepancies: object[] }
  return new Map([
    ['isConsistent', String(answer.isConsistent)],
    ...answer.discrepancies.map((difference) => [JSON.stringify(difference), 'differs'] as const),
  ])
}

type RejectPage = {
  edges: { node: { reason: string } }[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

async function askRejects(ask: Graphql): Promise<Tally> {
  const reasons: string[] = []
  for (let after: string | null = null, more = true; more;) {
    const { rejectedRecords } = await ask(
      `query ($after: String) {
        rejectedRecords(first: ${PAGE_ROWS}, after: $after) {
          edges { node { reason } } pageInfo { hasNextPage endCursor }
        }
      }`,
      { after },
    )
    const { edges, pageInfo } = rejectedRecords as RejectPage
    reasons.push(...edges.map(({ node }) => node.reason.toLowerCase()))
    after = pageInfo.endCursor
    more = pageInfo.hasNextPage
  }
  return tally(reasons)
}

const dayStart = (day = '1970-01-01', later = 0): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + later * DAY_MS).toISOString()
