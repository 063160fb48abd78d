import type { Reporter, TestCase } from 'vitest/node'

type Tried = Pick<TestCase, 'fullName' | 'diagnostic' | 'result'> & {
  module: Pick<TestCase['module'], 'relativeModuleId'>
}

/**
 * Prints, at the end of a run, the tests that passed only when they were tried again, with the error of the first
 * try: such a test depends on the speed of the machine, or what it tests has a race.
 */
export default class RetryReporter implements Reporter {
  readonly #retried: string[] = []

  onTestCaseResult(test: Tried): void {
    if (test.diagnostic()?.flaky !== true) return
    const error = test.result().errors?.[0]?.message ?? 'no error'
    this.#retried.push(`  ${test.module.relativeModuleId} > ${test.fullName}\n    ${error}`)
  }

  onTestRunEnd(): void {
    if (this.#retried.length === 0) return
    console.log(`\n── passed only when tried again: ${this.#retried.length}\n${this.#retried.join('\n')}`)
  }
}
