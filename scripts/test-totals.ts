import { existsSync, readFileSync, statSync } from 'node:fs'
import { z } from 'zod'

export type Totals = { passed: number; failed: number }

export const noTotals: Totals = { passed: 0, failed: 0 }

const vitestReport = z.object({ numPassedTests: z.number(), numFailedTests: z.number() })

/**
 * Reads the number of passed and failed tests from the report that Vitest's JSON reporter wrote to `file`.
 * @param sinceMs Unix milliseconds; an older file is of another run
 * @returns no tests if this run ended before it wrote a report
 */
export function readTotals(file: string, sinceMs: number): Totals {
  if (!existsSync(file) || statSync(file).mtimeMs < sinceMs) return noTotals
  const { numPassedTests, numFailedTests } = vitestReport.parse(JSON.parse(readFileSync(file, 'utf8')))
  return { passed: numPassedTests, failed: numFailedTests }
}

export const addTotals = (a: Totals, b: Totals): Totals => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
})

export const totalsLine = ({ passed, failed }: Totals): string => `${passed} passed, ${failed} failed`
