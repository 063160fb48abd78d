import { expect, it } from 'vitest'
import { causesOf } from './difference.ts'

const change = (
  kind: 'replay' | 'redrive' | null,
  [attempts, failures]: [number, number],
  [late, lateFailures]: [number, number] = [0, 0],
) => ({
  kind,
  attempts: BigInt(attempts),
  failures: BigInt(failures),
  late_attempts: BigInt(late),
  late_failures: BigInt(lateFailures),
})

it('a difference is told apart by cause, and nothing of it is lost or counted twice', () => {
  const changes = [
    change(null, [5, 1]),
    change('redrive', [1, 0], [1, 0]),
    change(null, [7, 3], [4, 2]),
    change('replay', [9, 9], [9, 9]),
    change(null, [-2, 0], [-2, 0]),
  ]
  const causes = causesOf(changes)
  expect(causes.map(({ kind, attempts, failures }) => [kind, Number(attempts), Number(failures)])).toEqual([
    ['batches', 8, 2],
    ['late', 2, 2],
    ['replay', 9, 9],
    ['redrive', 1, 0],
  ])
  const parts = causes.flatMap((cause) => cause.changes)
  expect(parts).toHaveLength(6)
  expect(parts.reduce((sum, { attempts }) => sum + attempts, 0n)).toBe(20n)
  expect(causesOf([])).toEqual([])
})
