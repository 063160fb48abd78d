import type { DrainResult } from './drain.ts'
import { showSpread, spread, table, type Spread } from '../table.ts'

/** A table and a line of JSON. With a baseline among the results, both give the ratio of the rounds. */
export function reportDrain(results: readonly DrainResult[]): string {
  const bySubject = [...Map.groupBy(results, ({ subject }) => subject)].map(([subject, runs]) => ({
    subject,
    runs,
  }))
  const row = (label: string, digits: number, value: (run: DrainResult) => number) => [
    label,
    ...bySubject.map(({ runs }) => showSpread(spread(runs.map(value)), digits)),
  ]
  const parts = [...new Set(results.flatMap(({ cpuSecondsPerMillion }) => Object.keys(cpuSecondsPerMillion)))]
  const program = (run: DrainResult) => run.subject
  const infrastructure = parts.filter((part) => !results.some(({ subject }) => subject === part))
  const perProcess = (
    label: string,
    digits: number,
    values: (run: DrainResult) => Record<string, number>,
  ) => [
    row(`${label}: the program`, digits, (run) => values(run)[program(run)] ?? NaN),
    ...infrastructure.map((part) => row(`${label}: ${part}`, digits, (run) => values(run)[part] ?? NaN)),
  ]
  const rows = [
    [`drain of ${results[0]?.events ?? 0} logins`, ...bySubject.map(({ subject }) => subject)],
    row('logins/s', 0, ({ eventsPerSecond }) => eventsPerSecond),
    row('seconds', 1, ({ seconds }) => seconds),
    ...(results.some(({ partitionsHeld }) => partitionsHeld.length > 1)
      ? [['partitions of each worker, halfway', ...bySubject.map(({ runs }) => heldBy(runs))]]
      : []),
    ...perProcess('CPU s per million', 2, ({ cpuSecondsPerMillion }) => cpuSecondsPerMillion),
    ...perProcess('peak memory MiB', 0, ({ peakMemoryMiB }) => peakMemoryMiB),
  ]
  const ratio = ratios(results)
  const ratioLine = ratio === null ? '' : `\n\nrollcall / baseline: ${showSpread(ratio, 2)} in logins/s`
  return `\n${table(rows)}${ratioLine}\n\n${JSON.stringify({ benchmark: 'drain', ratio, runs: results })}\n`
}

const heldBy = (runs: readonly DrainResult[]) =>
  [...new Set(runs.map(({ partitionsHeld }) => partitionsHeld.join(' + ')))].join(', ')

/** Each round's rate over that round's baseline. */
function ratios(results: readonly DrainResult[]): Spread | null {
  const rates = (name: string) =>
    results.filter(({ subject }) => subject === name).map(({ eventsPerSecond }) => eventsPerSecond)
  const baseline = rates('baseline')
  if (baseline.length === 0) return null
  return spread(rates('rollcall').map((rate, round) => rate / (baseline[round] ?? NaN)))
}
