import type { DrainResult } from './drain.ts'
import { pairsOf } from '../pairs.ts'
import { showSpread, spread, table } from '../table.ts'

/**
 * Reports results as a table and a line of JSON. With several subjects, both contain the ratios of the
 * rounds.
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
  const ratios = ratiosOf(results)
  const ratioLines = ratios.map(
    ({ of, eventsPerSecond, cpuSeconds }) =>
      `${of}: ${showSpread(eventsPerSecond, 2)} in logins/s, ${showSpread(cpuSeconds, 2)} in CPU s of the program`,
  )
  const json = JSON.stringify({ benchmark: 'drain', ratios, runs: results })
  return [[table(rows)], ratioLines, [json]]
    .filter(({ length }) => length > 0)
    .map((lines) => `\n${lines.join('\n')}\n`)
    .join('')
}

const heldBy = (runs: readonly DrainResult[]) =>
  [...new Set(runs.map(({ partitionsHeld }) => partitionsHeld.join(' + ')))].join(', ')

/** The first subject divided by each of the others, round by round. */
const ratiosOf = (results: readonly DrainResult[]) =>
  pairsOf(results).map(({ of, pairs }) => {
    const ratio = (value: (run: DrainResult) => number) =>
      spread(pairs.map(([run, beside]) => value(run) / value(beside)))
    return {
      of,
      eventsPerSecond: ratio(({ eventsPerSecond }) => eventsPerSecond),
      cpuSeconds: ratio(({ subject, cpuSecondsPerMillion }) => cpuSecondsPerMillion[subject] ?? NaN),
    }
  })
