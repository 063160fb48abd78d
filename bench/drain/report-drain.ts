import type { DrainResult } from './drain.ts'
import { showSpread, spread, table, type Spread } from '../table.ts'

/**
 * Reports results as a table and a line of JSON. With two subjects, both contain the ratios of the rounds.
 */
export function reportDrain(results: readonly DrainResult[], events: number): string {
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
    [`drain of ${events} logins`, ...bySubject.map(({ subject }) => subject)],
    row('logins/s', 0, ({ eventsPerSecond }) => eventsPerSecond),
    row('seconds', 1, ({ seconds }) => seconds),
    ...(results.some(({ partitionsHeld }) => partitionsHeld.length > 1)
      ? [['partitions of each worker, halfway', ...bySubject.map(({ runs }) => heldBy(runs))]]
      : []),
    ...perProcess('CPU s per million', 2, ({ cpuSecondsPerMillion }) => cpuSecondsPerMillion),
    ...perProcess('peak memory MiB', 0, ({ peakMemoryMiB }) => peakMemoryMiB),
  ]
  const ratio = ratios(results)
  const ratioLine =
    ratio === null
      ? ''
      : `\n\n${ratio.of}: ${showSpread(ratio.eventsPerSecond, 2)} in logins/s, ${showSpread(ratio.cpuSeconds, 2)} in CPU s of the program`
  return `\n${table(rows)}${ratioLine}\n\n${JSON.stringify({ benchmark: 'drain', ratio, runs: results })}\n`
}

const heldBy = (runs: readonly DrainResult[]) =>
  [...new Set(runs.map(({ partitionsHeld }) => partitionsHeld.join(' + ')))].join(', ')

type Ratios = { of: string; eventsPerSecond: Spread; cpuSeconds: Spread }

/** Rollcall divided by the other subject, round by round. Null: Rollcall ran alone. */
function ratios(results: readonly DrainResult[]): Ratios | null {
  const other = results.find(({ subject }) => subject !== 'rollcall')?.subject
  if (other === undefined) return null
  const runsOf = (name: string) => results.filter(({ subject }) => subject === name)
  const others = runsOf(other)
  const spreadOf = (value: (run: DrainResult) => number) =>
    spread(
      runsOf('rollcall').map((run, round) => {
        const beside = others[round]
        return beside === undefined ? NaN : value(run) / value(beside)
      }),
    )
  return {
    of: `rollcall / ${other}`,
    eventsPerSecond: spreadOf(({ eventsPerSecond }) => eventsPerSecond),
    cpuSeconds: spreadOf(({ subject, cpuSecondsPerMillion }) => cpuSecondsPerMillion[subject] ?? NaN),
  }
}
