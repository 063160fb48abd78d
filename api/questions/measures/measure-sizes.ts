import { AnswerTooLargeError } from '../../context/errors.ts'
import { limits } from '../../context/limits.ts'
import type { ListCounts, MeasurePlan } from './plan-measures.ts'

/** What an answer would have: buckets, ranges (those of comparisons included), groups listed and beyond. */
type Sizes = { buckets: number; ranges: number; listed: number; rest: number }

const LESS = 'fewer dimensions, a coarser bucket, a shorter range, a filter or `first`'

/** @throws {AnswerTooLargeError} if an answer would have more points, groups or values than the caps */
export function checkSizes(lists: MeasurePlan['lists'], { buckets, ranges, listed, rest }: Sizes): void {
  const parts: [ListCounts, number][] = [
    [lists.total, 1],
    [lists.group, listed],
    [lists.other, Math.min(1, rest)],
  ]
  const sum = (of: (list: ListCounts) => number) =>
    parts.reduce((all, [list, times]) => all + times * of(list) * buckets, 0)
  const points = sum((list) => list.points + list.comparedPoints * (ranges - 1))
  if (points > limits.points)
    throw new AnswerTooLargeError(
      `${points} points are more than the cap of ${limits.points}: ask for series instead, whose values may be ${limits.rows}, or for ${LESS}`,
      { cap: limits.points, asked: points },
    )
  const groups = listed * ranges
  if (groups > limits.points)
    throw new AnswerTooLargeError(
      `${groups} groups, with those that they are compared with, are more than the cap of ${limits.points}: ask for ${LESS}`,
      { cap: limits.points, asked: groups },
    )
  const values = sum(({ series }) => series)
  if (values > limits.rows)
    throw new AnswerTooLargeError(
      `${values} values of series are more than the cap of ${limits.rows}: ask for ${LESS}`,
      { cap: limits.rows, asked: values },
    )
}
