import { expect, test } from 'vitest'
import { readOptions, UsageError, wholeNumber } from './command-line.ts'

const options = { seed: { type: 'string', default: '1' }, again: { type: 'boolean' } } as const

test('options are read, and those that are left out have their defaults', () => {
  expect(readOptions({ args: ['--again'], options }).values).toEqual({ seed: '1', again: true })
})

test.each([
  [['--sede', '5'], "Unknown option '--sede'"],
  [['--seed'], "Option '--seed <value>' argument missing"],
  [['--again=no'], "Option '--again' does not take an argument"],
  [['5'], "Unexpected argument '5'"],
])('%j is refused in one line', (args, message) => {
  expect(() => readOptions({ args, options })).toThrow(UsageError)
  expect(() => readOptions({ args, options })).toThrow(message)
  expect(() => readOptions({ args, options })).toThrow(/^[^\n.]+$/)
})

test.each(['', ' 5', '-1', '0', '11', '1.5', '1e1', '0x5', 'five', '9007199254740993'])(
  '"%s" is no whole number from 1 to 10',
  (text) => {
    expect(() => wholeNumber('--seed', text, 1, 10)).toThrow(
      new UsageError('--seed must be a whole number from 1 to 10'),
    )
  },
)

test('the ends of a range belong to it', () => {
  expect([wholeNumber('--seed', '1', 1, 10), wholeNumber('--seed', '10', 1, 10)]).toEqual([1, 10])
})
