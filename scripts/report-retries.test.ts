import { afterEach, expect, it, vi } from 'vitest'
import RetryReporter from './report-retries.ts'

afterEach(() => vi.restoreAllMocks())

type Tried = Parameters<RetryReporter['onTestCaseResult']>[0]

const tried = (fullName: string, flaky: boolean): Tried => ({
  fullName,
  module: { relativeModuleId: 'test/a.test.ts' },
  diagnostic: () => ({ flaky }) as ReturnType<Tried['diagnostic']>,
  result: () => ({ state: 'passed', errors: [{ message: 'expected 1 to be 2' }] }),
})

function printed(tests: Tried[]): unknown[] {
  const log = vi.spyOn(console, 'log').mockReturnValue(undefined)
  const reporter = new RetryReporter()
  for (const test of tests) reporter.onTestCaseResult(test)
  reporter.onTestRunEnd()
  return log.mock.calls.flat()
}

it('a test that passed only when tried again is named, with the error of its first try', () => {
  expect(printed([tried('counts', false), tried('waits', true)])).toEqual([
    '\n── passed only when tried again: 1\n  test/a.test.ts > waits\n    expected 1 to be 2',
  ])
})

it('a run without such a test prints nothing', () => {
  expect(printed([tried('counts', false)])).toEqual([])
})
