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

test('each program beside Rollcall has a ratio of its own', () => {
  const results = [
    ...[run('rollcall', 90, 10), run('flink-users', 60, 20), run('flink-counts', 100, 16)],
    ...[run('flink-counts', 100, 10), run('flink-users', 100, 10), run('rollcall', 110, 12)],
  ]
  const report = reportDrain(results, 1_000)
  expect(report).toContain(
    'rollcall / flink-users: 1.30 (1.10 - 1.50) in logins/s, 0.85 (0.50 - 1.20) in CPU s',
  )
  expect(report).toContain('rollcall / flink-counts: 1.00 (0.90 - 1.10) in logins/s')
})

test('a program alone has no ratio', () => {
  expect(reportDrain([run('rollcall', 90, 10)], 1_000)).not.toContain('rollcall /')
})
