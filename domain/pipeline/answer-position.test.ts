import { describe, expect, it } from 'vitest'
import { type AnswerPosition, includesPosition, offsetsMissing } from './answer-position.ts'

type Partition = [partition: number, incarnation: number, nextOffset: bigint, changes: bigint]
const at = (...partitions: Partition[]): AnswerPosition => ({
  topic: 'user-login',
  partitions: new Map(
    partitions.map(([partition, incarnation, nextOffset, changes]) => [
      partition,
      { incarnation, nextOffset, changes },
    ]),
  ),
})

describe('an answer includes another one', () => {
  it.each<[string, AnswerPosition, AnswerPosition, boolean]>([
    ['when it is the same', at([0, 0, 5n, 1n]), at([0, 0, 5n, 1n]), true],
    ['when it has more offsets', at([0, 0, 6n, 1n]), at([0, 0, 5n, 1n]), true],
    ['when it has more changes', at([0, 0, 5n, 2n]), at([0, 0, 5n, 1n]), true],
    ['when it has a partition more', at([0, 0, 5n, 1n], [1, 0, 0n, 0n]), at([0, 0, 5n, 1n]), true],
    ['not when it lacks an offset', at([0, 0, 4n, 9n]), at([0, 0, 5n, 1n]), false],
    ['not when it lacks a change', at([0, 0, 9n, 0n]), at([0, 0, 5n, 1n]), false],
    ['not when it lacks a partition', at([0, 0, 5n, 1n]), at([0, 0, 5n, 1n], [1, 0, 0n, 0n]), false],
    ['when the log was replaced since', at([0, 1, 2n, 1n]), at([0, 0, 5n, 1n]), true],
    ['not when the log is replaced in it', at([0, 0, 9n, 1n]), at([0, 1, 2n, 1n]), false],
    [
      'not when it lacks what one partition has',
      at([0, 0, 9n, 0n], [1, 0, 1n, 0n]),
      at([1, 0, 2n, 0n]),
      false,
    ],
  ])('%s', (_, later, earlier, isIncluded) => {
    expect(includesPosition(later, earlier)).toBe(isIncluded)
  })

  it('not when it is of another topic', () => {
    expect(includesPosition({ ...at([0, 0, 9n, 9n]), topic: 'other' }, at())).toBe(false)
  })
})

it('what is missing is added up over the logs that both have', () => {
  const reached = at([0, 0, 5n, 0n], [1, 0, 9n, 0n], [2, 1, 0n, 0n])
  expect(offsetsMissing(reached, at([0, 0, 8n, 0n], [1, 0, 2n, 0n], [2, 0, 7n, 0n], [3, 0, 4n, 0n]))).toBe(3n)
})
