import { expect, test } from 'vitest'
import { reportQueriesAgainst, type QueryRun } from './report-queries-against.ts'
import type { QueryResult } from './report-queries.ts'

const size = { logins: 1, users: 1, days: 1 }
const answer = (question: string, p50: number): QueryResult => {
  const timing = (ms: number) => ({ ms: { p50: ms, p95: ms, p99: ms, max: ms }, rows: 1, bytes: 1 })
  return { question, alone: timing(p50), byFour: timing(p50 * 3) }
}
const run = (subject: string, ...results: QueryResult[]): QueryRun => ({ subject, results })

test('ratios of pairs are those of the medians, question by question', () => {
  const report = reportQueriesAgainst(
    [
      run('rollcall', answer('days', 20), answer('hours', 5)),
      run('abc', answer('hours', 10), answer('days', 10)),
      run('abc', answer('days', 40), answer('hours', 10)),
      run('rollcall', answer('days', 20), answer('hours', 5)),
    ],
    size,
  )
  const lines = report.split('\n').filter((line) => !line.startsWith('{'))
  expect(lines.find((line) => line.startsWith('days'))).toContain('1.25 (0.50 - 2.00)')
  expect(lines.find((line) => line.startsWith('hours'))).toMatch(/5\.0 +10\.0 +0\.50 +0\.50$/)
  expect(lines[1]).toContain('rollcall / abc')
})

test('a question that one side did not answer, or does not have, is not compared', () => {
  const report = reportQueriesAgainst(
    [
      run('rollcall', answer('days', 20), answer('new', 5), { question: 'broken', failure: 'no' }),
      run('abc', answer('days', 10), answer('broken', 1)),
    ],
    size,
  )
  expect(report.split('\n').filter((line) => line.startsWith('not compared'))).toEqual([
    expect.stringContaining(': new') as string,
    expect.stringContaining(': broken') as string,
  ])
})
