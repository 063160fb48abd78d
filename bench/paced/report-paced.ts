import type { PacedResult } from './paced.ts'
import { showSpread, spread, table } from '../table.ts'

/** Reports results as a table and a line of JSON. */
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
      ...bySubject.map(([name]) => (name === 'rollcall' ? 'rollcall, in GraphQL' : `${name}, in Postgres`)),
    ],
    ...(['p50', 'p95', 'p99', 'max'] as const).map((key) =>
      row(`latency ms: ${key}`, ({ latencyMs }) => latencyMs[key]),
    ),
    row('sender behind schedule, ms at most', ({ senderBehindMs }) => senderBehindMs),
    row('looks at the counts', ({ looks }) => looks),
    ...perProcess('CPU s', 1, 'cpuSeconds'),
    ...perProcess('peak memory MiB', 0, 'peakMemoryMiB'),
  ]
  return `\n${table(rows)}\n\n${JSON.stringify({ benchmark: 'paced', runs: results })}\n`
}
