import { showSpread, spread, table } from '../table.ts'
import type { IdleResult } from './idle.ts'

/**
 * Reports CPU by process as a table and a line of JSON. `difference` is what a turn with Rollcall took beyond
 * the turn without it in the same round.
 */
export function reportIdle(results: readonly IdleResult[]): string {
  const of = (state: IdleResult['rollcall']) =>
    results.filter(({ rollcall }) => rollcall === state).map(({ percent }) => percent)
  const pairs = of('runs').map((runs, round) => ({ runs, off: of('is off')[round] ?? {} }))
  const row = (label: string, value: (percent: Record<string, number>) => number) => [
    label,
    showSpread(spread(pairs.map(({ off }) => value(off))), 1),
    showSpread(spread(pairs.map(({ runs }) => value(runs))), 1),
    showSpread(spread(pairs.map(({ runs, off }) => value(runs) - value(off))), 1),
  ]
  const names = [...new Set(results.flatMap(({ percent }) => Object.keys(percent)))]
  const rows = [
    ['% of a core', 'Rollcall is off', 'Rollcall runs', 'difference'],
    ...names.map((name) => row(name, (percent) => percent[name] ?? 0)),
    row('all', (percent) => Object.values(percent).reduce((sum, part) => sum + part, 0)),
  ]
  return `\n${table(rows)}\n\n${JSON.stringify({ benchmark: 'idle', turns: results })}\n`
}
