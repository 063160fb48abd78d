import { expect, test } from 'vitest'
import type { PacedResult } from './paced.ts'
import { reportPaced } from './report-paced.ts'

const run = (subject: string, p99: number): PacedResult => ({
  subject,
  ratePerSecond: 20_000,
  seconds: 30,
  users: 1_000,
  latencyMs: { p50: 100, p95: p99, p99, max: p99 },
  senderBehindMs: 5,
  looks: 300,
  resources: { 'the program': { cpuSeconds: 12, peakMemoryMiB: 300 } },
})

test('latencies of two commits are divided by pairs, in whichever order a pair ran', () => {
  const results = [run('rollcall', 300), run('455ce29', 600), run('455ce29', 400), run('rollcall', 300)]
  const report = reportPaced(results)
  expect(report).toContain('rollcall / 455ce29: 1.00 in p50, 0.63 (0.50 - 0.75) in p99')
  expect(report).toMatch(/rollcall, in GraphQL +455ce29, in GraphQL/)
  expect(report).toMatch(/latency ms: p99 +300 +500 \(400 - 600\)/)
})

test('a program alone has no ratio', () => {
  expect(reportPaced([run('rollcall', 300)])).not.toContain('rollcall /')
})
