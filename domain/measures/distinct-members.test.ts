import { expect, it } from 'vitest'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { bucketMs } from '../time/bucket.ts'
import { cellsOf, type NumberedSpan } from './cells.ts'
import { countDistinct } from './distinct-members.ts'
import { ListedAttempts } from './listed-attempts.ts'
import { SpanCells } from './span-cells.ts'

const HOUR = bucketMs.hour
const HOURS = 24

/** Lists by hour, in any order. */
function listsOf(spans: readonly NumberedSpan[], count: number, members: number) {
  const random = sfc32(7, count)
  const next = (below: number) => Math.floor(fraction(random) * below)
  const cells = cellsOf(spans)
  const attempts = new ListedAttempts({
    ...{ cells, kinds: ['device'], only: {}, counted: ['user'], textsOf: () => [] },
    ...{ hasVersions: false, hasTimes: true },
  })
  const all: { ms: number; user: number; device: number; isFailure: boolean }[] = []
  for (let i = 0; i < count; i++) {
    // Those below 0 have no number yet.
    const one = { user: next(members) - 5, device: next(4), isFailure: next(3) === 0 }
    const [hour, minute] = [next(HOURS), next(60)]
    all.push({ ...one, ms: hour * HOUR + minute * bucketMs.minute })
    attempts.add({
      ...{
        startMs: hour * HOUR,
        lengthMs: HOUR,
        values: {},
        isFailure: one.isFailure,
        attempts: 1,
        minutes: Uint8Array.of(minute),
      },
      members: { user: Int32Array.of(one.user), device: Int32Array.of(one.device) },
    })
  }
  return { cells, attempts, all }
}

const span = (number: number, from: number, to: number): NumberedSpan => ({
  number,
  span: { fromMs: from * HOUR, toMs: to * HOUR },
})

it('counts the different members of each slot and span, in whatever order attempts come', () => {
  const spans = [span(0, 0, 24), span(1, 3, 5), span(2, 4, 20), span(3, 5, 6.5), span(4, 22, 23)]
  const { cells, attempts, all } = listsOf(spans, 3_000, 60)
  const { size } = attempts.groups
  const slotOf = Int32Array.from({ length: size }, (_, group) => (attempts.groups.partsOf(group)[1] ?? 0) - 1)
  for (const of of ['all', 'logins', 'failures'] as const)
    for (const wanted of [
      [0, 1, 2, 3, 4],
      [3, 4],
    ]) {
      const found = new Map<string, number>()
      const question = { kind: 'user' as const, of, slotOf, slots: 3 }
      countDistinct(
        attempts,
        { ...question, cells: new SpanCells(cells, (one) => wanted.includes(one)) },
        (slot, number, members) => found.set(`${slot} ${number}`, members),
      )
      const expected = new Map<string, number>()
      for (const { number, span } of spans.filter(({ number }) => wanted.includes(number)))
        for (const slot of [0, 1, 2]) {
          const own = all.filter(
            ({ ms, device, isFailure }) =>
              device === slot + 1 &&
              ms >= span.fromMs &&
              ms < span.toMs &&
              (of === 'all' || isFailure === (of === 'failures')),
          )
          expected.set(`${slot} ${number}`, new Set(own.map(({ user }) => user)).size)
        }
      expect(found).toEqual(expected)
    }
})

it('takes no more room for attempts of many spans than for those of one', () => {
  const COUNT = 100_000
  const { cells, attempts } = listsOf(
    Array.from({ length: 18 }, (_, number) => span(number, 0, number + 7)),
    COUNT,
    COUNT,
  )
  const { size } = attempts.groups
  const question = { kind: 'user' as const, of: 'all' as const, slotOf: new Int32Array(size), slots: 1 }
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  countDistinct(attempts, { ...question, cells: new SpanCells(cells, () => true) }, () => {
    most = Math.max(most, process.memoryUsage().arrayBuffers - before)
  })
  expect(most).toBeGreaterThan(0)
  expect(most / COUNT).toBeLessThan(60)
})
