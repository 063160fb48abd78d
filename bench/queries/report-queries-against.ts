import type { HistorySize } from '../history/history-size.ts'
import { pairsOf } from '../pairs.ts'
import { showSpread, spread, table } from '../table.ts'
import type { QueryResult } from './report-queries.ts'

/** What one side answered in one turn. */
export type QueryRun = { subject: string; results: readonly QueryResult[] }

type Answered = Extract<QueryResult, { alone: unknown }>

/**
 * Reports the ratios of the medians (p50) for one client and for four, of the questions that both sides
 * answered in every turn, by median and range of the pairs; and which questions only one side answered.
 */
export function reportQueriesAgainst(runs: readonly QueryRun[], size: HistorySize): string {
  const [both] = pairsOf(runs)
  if (both === undefined) throw new Error('only one side was asked')
  const answered = runs.map(
    ({ results }) => new Map(results.flatMap((one) => ('alone' in one ? [[one.question, one]] : []))),
  )
  const names = new Set(answered.flatMap((one) => [...one.keys()]))
  const [shared, others] = [true, false].map((isShared) =>
    [...names].filter((name) => answered.every((one) => one.has(name)) === isShared),
  ) as [string[], string[]]
  const ratios = shared.map((question) => {
    const pairs = both.pairs.map((pair) => pair.map((one) => find(one, question)) as [Answered, Answered])
    const ratio = (of: (one: Answered) => number) => spread(pairs.map(([a, b]) => of(a) / of(b)))
    const ms = (side: 0 | 1) => spread(pairs.map((pair) => pair[side].alone.ms.p50)).median
    return {
      question,
      ms: [ms(0), ms(1)] as const,
      alone: ratio(({ alone }) => alone.ms.p50),
      byFour: ratio(({ byFour }) => byFour.ms.p50),
    }
  })
  const rows = [
    [`${size.logins} logins, ${both.of}`, 'p50 ms', 'there', 'ratio of p50', '4 at once'],
    ...ratios.map(({ question, ms, alone, byFour }) => [
      question,
      ...ms.map((one) => one.toFixed(1)),
      showSpread(alone, 2),
      showSpread(byFour, 2),
    ]),
  ]
  const notCompared = others.map((name) => `\nnot compared, since one side did not answer it: ${name}`)
  const json = JSON.stringify({ benchmark: 'queries', of: both.of, size, ratios })
  return `\n${table(rows)}\n${notCompared.join('')}\n${json}\n`
}

function find({ results }: QueryRun, question: string): Answered {
  return results.find((one): one is Answered => one.question === question && 'alone' in one) as Answered
}
