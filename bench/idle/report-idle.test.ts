import { expect, test } from 'vitest'
import { reportIdle } from './report-idle.ts'

test('the difference compares turns of one round, and a process that runs in one of them counts whole', () => {
  const report = reportIdle([
    { rollcall: 'is off', percent: { kafka: 2 } },
    { rollcall: 'runs', percent: { kafka: 5, worker: 4 } },
    { rollcall: 'runs', percent: { kafka: 8, worker: 4 } },
    { rollcall: 'is off', percent: { kafka: 3 } },
  ])
  const cellsOf = (name: string) =>
    report
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.split(/ {2,}/)
  expect(cellsOf('kafka')).toEqual(['kafka', '2.5 (2.0 - 3.0)', '6.5 (5.0 - 8.0)', '4.0 (3.0 - 5.0)'])
  expect(cellsOf('worker')).toEqual(['worker', '0.0', '4.0', '4.0'])
  expect(cellsOf('all')?.at(-1)).toBe('8.0 (7.0 - 9.0)')
})
