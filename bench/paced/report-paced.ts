import type { PacedResult } from './paced.ts'
import { pairsOf } from '../pairs.ts'
import { showSpread, spread, table } from '../table.ts'

/**
 * Reports results as a table and a line of JSON. With several subjects, both contain the ratios of the
 * rounds.
 */
export function reportPaced(results: readonly PacedResult[]): string {
  const bySubject = [...Map.groupBy(results, ({ subject }) => subject)]
  const row = (label: string, value: (run: PacedResult) => number) => [
    label,
    ...bySubject.map(([, runs]) => showSpread(spread(runs.map(value)), 0)),
  ]
  const [first] = results
  const perProcess = (label: string, digits: number, value: 'cpuSeconds' | 'peakMemoryMiB') =>
    [...new Set(results.flatMap(({ resources }) => Object.keys(resources)))].map((name) => [
      `${label}: ${name}`,
      ...bySubject.map(([, runs]) => {
        const values = runs.flatMap(({ resources }) => resources[name]?.[value] ?? [])
        return values.length === 0 ? '' : showSpread(spread(values), digits)
      }),
    ])
  const rows = [
    [
      `paced at ${first?.ratePerSecond ?? 0}/s for ${first?.seconds ?? 0} s`,
      ...bySubject.map(([name]) => `${name}, in ${name === 'baseline' ? 'Postgres' : 'GraphQL'}`),
    ],
    ...(['p50', 'p95', 'p99', 'max'] as const).map((key) =>
      row(`latency ms: ${key}`, ({ latencyMs }) => latencyMs[key]),
    ),
    row('sender behind schedule, ms at most', ({ senderBehindMs }) => senderBehindMs),
    row('looks at the counts', ({ looks }) => looks),
    ...perProcess('CPU s', 1, 'cpuSeconds'),
    ...perProcess('peak memory MiB', 0, 'peakMemoryMiB'),
  ]
  const ratios = pairsOf(results).map(({ of, pairs }) => {
    const ratio = (key: 'p50' | 'p99') =>
      spread(pairs.map(([run, beside]) => run.latencyMs[key] / beside.latencyMs[key]))
    return { of, p50: ratio('p50'), p99: ratio('p99') }
  })
  const ratioLines = ratios.map(
    ({ of, p50, p99 }) => `${of}: ${showSpread(p50, 2)} in p50, ${showSpread(p99, 2)} in p99\n`,
  )
  const json = JSON.stringify({ benchmark: 'paced', ratios, runs: results })
  return [`${table(rows)}\n`, ...ratioLines, `${json}\n`].map((part) => `\n${part}`).join('')
}
