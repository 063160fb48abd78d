import { expect, it } from 'vitest'
import { bucketMs } from '../time/bucket.ts'
import { findCell } from './find-cell.ts'

const minutes = (from: number, to: number) => ({ fromMs: from * bucketMs.minute, toMs: to * bucketMs.minute })

it('finds the cell of each minute, in whatever order they come, and none beside all cells', () => {
  const cellOf = findCell([minutes(10, 20), minutes(20, 21), minutes(30, 40)])
  const expected: [number, number][] = [
    [35, 2],
    [9, -1],
    [10, 0],
    [19, 0],
    [20, 1],
    [21, -1],
    [29, -1],
    [30, 2],
    [39, 2],
    [40, -1],
    [10, 0],
  ]
  expect(expected.map(([minute]) => [minute, cellOf(minute)])).toEqual(expected)
})

it('finds nothing where there are no cells', () => {
  expect(findCell([])(0)).toBe(-1)
})
