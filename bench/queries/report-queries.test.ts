import { expect, test } from 'vitest'
import { reportQueries, type QueryResult } from './report-queries.ts'

const timing = (p99: number) => ({ ms: { p50: 1, p95: 1, p99, max: 900 }, rows: 3, bytes: 2048 })
const size = { logins: 1, users: 1, days: 1 }

test('a question whose 99th percentile is above 200 ms is marked, one that failed says why', () => {
  const results: QueryResult[] = [
    { question: 'quick', alone: timing(200), byFour: timing(900) },
    { question: 'slow', alone: timing(201), byFour: timing(900) },
    { question: 'broken', failure: 'no such field' },
  ]
  const lines = reportQueries(results, size).split('\n')
  const marked = (name: string) => lines.find((line) => line.startsWith(name))?.includes('p99 > 200 ms')
  expect(marked('quick')).toBe(false)
  expect(marked('slow')).toBe(true)
  expect(lines).toContain('not answered: broken: no such field')
})
