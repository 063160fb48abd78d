import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { addTotals, readTotals, totalsLine } from './test-totals.ts'

function reportOf(report: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-totals-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const file = join(folder, 'report.json')
  writeFileSync(file, JSON.stringify(report))
  return file
}

test('counts the tests of a report, not its files', () => {
  const file = reportOf({ numPassedTests: 7, numFailedTests: 2, numPassedTestSuites: 3 })
  expect(readTotals(file, 0)).toEqual({ passed: 7, failed: 2 })
})

test('a report of an earlier run counts for nothing', () => {
  const file = reportOf({ numPassedTests: 7, numFailedTests: 2 })
  utimesSync(file, 1_000, 1_000)
  expect(readTotals(file, 2_000_000)).toEqual({ passed: 0, failed: 0 })
  expect(readTotals(`${file}.missing`, 0)).toEqual({ passed: 0, failed: 0 })
})

test('the totals of the projects add up to one plain line', () => {
  expect(totalsLine(addTotals({ passed: 7, failed: 2 }, { passed: 5, failed: 0 }))).toBe(
    '12 passed, 2 failed',
  )
})
