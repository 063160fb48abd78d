import { expect, test } from 'vitest'
import type { DrainResult } from './drain.ts'
import { reportDrain } from './report-drain.ts'

const run = (subject: string, eventsPerSecond: number, cpuSeconds: number): DrainResult => ({
  subject,
  events: 1_000,
  seconds: 1_000 / eventsPerSecond,
  eventsPerSecond,
  cpuSecondsPerMillion: { [subject]: cpuSeconds, kafka: 1 },
  peakMemoryMiB: { [subject]: 100, kafka: 500 },
  partitionsHeld: [],
})

test('ratios are those of the pairs, in whichever order a pair ran', () => {
  const results = [
    ...[run('rollcall', 90, 10), run('1de9f06', 100, 10)],
    ...[run('1de9f06', 50, 20), run('rollcall', 55, 18)],
    ...[run('rollcall', 200, 12), run('1de9f06', 200, 10)],
  ]
  const report = reportDrain(results, 1_000)
  expect(report).toContain(
    'rollcall / 1de9f06: 1.00 (0.90 - 1.10) in logins/s, 1.00 (0.90 - 1.20) in CPU s of the program',
  )
  expect(report).toMatch(/logins\/s +90 \(55 - 200\) +100 \(50 - 200\)/)
})

test('a program alone has no ratio', () => {
  expect(reportDrain([run('rollcall', 90, 10)], 1_000)).not.toContain('rollcall /')
})
