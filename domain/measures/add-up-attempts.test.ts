import { expect, it } from 'vitest'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { bucketMs } from '../time/bucket.ts'
import { talliesBySlot } from './add-up-attempts.ts'
import type { Cell } from './cells.ts'
import { ListedAttempts } from './listed-attempts.ts'
import { SpanCells } from './span-cells.ts'

const HOUR = bucketMs.hour
/** Two cells of a span, one of which another span has, too, and, behind half an hour of none, a third span. */
const cells: Cell[] = [
  { fromMs: 0, toMs: HOUR, spans: [0] },
  { fromMs: HOUR, toMs: 1.5 * HOUR, spans: [0, 1] },
  { fromMs: 2 * HOUR, toMs: 3 * HOUR, spans: [2] },
]
const byUser = {
  cells,
  kinds: ['user' as const],
  only: {},
  counted: [],
  hasVersions: false,
  textsOf: () => [],
}

it.each([4, 100_001])('attempts of %d slots come to what counting them one by one does', (slots) => {
  const random = sfc32(7, 7)
  const below = (most: number) => Math.floor(fraction(random) * most)
  const attempts = new ListedAttempts({ ...byUser, hasTimes: false })
  const expected = new Map<string, number>()
  for (let i = 0; i < 2_000; i++) {
    const [minute, user] = [below(180), below(4)]
    const list = { startMs: Math.floor(minute / 60) * HOUR, lengthMs: HOUR, values: {}, isFailure: false }
    const members = { user: Int32Array.of(user) }
    attempts.add({ ...list, attempts: 1, minutes: Uint8Array.of(minute % 60), members })
    const ms = minute * bucketMs.minute
    for (const span of cells.find(({ fromMs, toMs }) => ms >= fromMs && ms < toMs)?.spans ?? [])
      expected.set(`${user} ${span}`, (expected.get(`${user} ${span}`) ?? 0) + 1)
  }
  const userOf = (_: unknown, group: number) => attempts.groups.partsOf(group)[1] ?? 0
  const slotOf = Int32Array.from({ length: attempts.groups.size }, userOf)
  const ofSpans = { cells: new SpanCells(cells, () => true), slotOf, slots, countedIn: () => [] }
  const tallies = talliesBySlot(attempts, ofSpans, 'all') ?? []
  const found = tallies.flatMap((bySpan, slot) =>
    Array.from(bySpan, ([span, { attempts: count }]) => [`${slot} ${span}`, count] as const),
  )
  expect(new Map(found)).toEqual(expected)
})

it.each([
  { hours: 1, hasTimes: false, mayLack: true },
  { hours: 1, hasTimes: true, mayLack: false },
  { hours: 24, hasTimes: false, mayLack: false },
])(
  'a list of $hours hours may lack its minutes only if one cell has all of it and no times are kept ($hasTimes): $mayLack',
  ({ hours, hasTimes, mayLack }) => {
    const attempts = new ListedAttempts({ ...byUser, hasTimes })
    expect(attempts.mayLackMinutes({ startMs: 0, lengthMs: hours * HOUR })).toBe(mayLack)
  },
)

it('attempts without minutes are counted as others are', () => {
  const attempts = new ListedAttempts({ ...byUser, hasTimes: false })
  const list = { startMs: 0, lengthMs: HOUR, values: {}, isFailure: true, attempts: 3, minutes: null }
  attempts.add({ ...list, members: { user: Int32Array.of(5, 5, 6) } })
  const all = { cells: new SpanCells(cells, () => true), slotOf: new Int32Array(2), slots: 1 }
  const [tallies] = talliesBySlot(attempts, { ...all, countedIn: () => [] }, 'all') ?? []
  expect(tallies?.get(0)).toMatchObject({ attempts: 3, failures: 3 })
})
