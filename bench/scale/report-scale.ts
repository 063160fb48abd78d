import type { DrainResult } from '../drain/drain.ts'
import { showSpread, spread, table, type Spread } from '../table.ts'
import type { Case } from './cases.ts'

export type ScaleRun = { of: Case; result: DrainResult }

/** What a login costs in a case, and how that compares to the first case, round by round. */
export type CaseCost = Case & {
  cpuSecondsPerMillion: Spread
  cpuRatio: Spread
  eventsPerSecond: Spread
  speedRatio: Spread
  peakMemoryMiB: Spread
}

/** Summarises runs whose first is of the case to which the others are compared. */
export function summarise(runs: readonly ScaleRun[]): CaseCost[] {
  const cases = [...Map.groupBy(runs, ({ of }) => of)]
  const base = cases[0]?.[1] ?? []
  return cases.map(([of, own]) => {
    const values = (value: (run: ScaleRun) => number) => spread(own.map(value))
    const ratio = (value: (run: ScaleRun) => number) =>
      spread(own.flatMap((run, round) => base.slice(round, round + 1).map((one) => value(run) / value(one))))
    return {
      ...of,
      cpuSecondsPerMillion: values(cpuSeconds),
      cpuRatio: ratio(cpuSeconds),
      eventsPerSecond: values(speed),
      speedRatio: ratio(speed),
      peakMemoryMiB: values(({ result }) => result.peakMemoryMiB[result.subject] ?? NaN),
    }
  })
}

const cpuSeconds = ({ result }: ScaleRun) => result.cpuSecondsPerMillion[result.subject] ?? NaN
const speed = ({ result }: ScaleRun) => result.eventsPerSecond

/** Reports costs as a table and a line of JSON. */
export function reportScale(costs: readonly CaseCost[], runs: readonly ScaleRun[]): string {
  const rows = costs.map((cost) => [
    `${cost.events} in ${cost.partitions}`,
    showSpread(cost.cpuSecondsPerMillion, 2),
    showSpread(cost.cpuRatio, 2),
    showSpread(cost.eventsPerSecond, 0),
    showSpread(cost.speedRatio, 2),
    showSpread(cost.peakMemoryMiB, 0),
  ])
  const head = ['logins in partitions', 'CPU s per million', 'relative', 'logins/s', 'relative', 'peak MiB']
  return `\n${table([head, ...rows])}\n\n${JSON.stringify({ benchmark: 'scale', costs, runs })}\n`
}
