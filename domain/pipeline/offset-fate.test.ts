import { expect, it } from 'vitest'
import { type Fate, offsetFate, type OffsetTraces } from './offset-fate.ts'

const traces: OffsetTraces = {
  offset: 15n,
  isCurrent: true,
  nextOffset: 20n,
  firstOffset: 10n,
  endOffset: 20n,
  batch: { status: 'committed', gaps: 1, hasAllRows: true },
  hasLoginRow: false,
  reject: null,
}
const rowsGone = { status: 'committed', gaps: 1, hasAllRows: false } as const

it.each<[string, Partial<OffsetTraces>, Fate]>([
  ['with its row is a login', { hasLoginRow: true }, 'login'],
  ['without a row in a batch that has all of them is a gap', {}, 'gap'],
  ['is a login without its row when the batch has no gap', { batch: { ...rowsGone, gaps: 0 } }, 'login'],
  ['without a row to tell is either', { batch: rowsGone }, 'login_or_gap'],
  ['that was rejected is a reject', { reject: { redriven: false } }, 'reject'],
  [
    'that was redriven is a login also without its row',
    { batch: rowsGone, reject: { redriven: true } },
    'login',
  ],
  ['of a parked batch is parked', { batch: { ...rowsGone, status: 'parked', gaps: 0 } }, 'parked'],
  ['of a skipped batch is skipped', { batch: { ...rowsGone, status: 'skipped', gaps: 0 } }, 'skipped'],
  ['from the checkpoint on is unread', { batch: null, offset: 20n }, 'unread'],
  ['before the first batch was never asked for', { batch: null, offset: 9n }, 'before_first_read'],
  [
    'below a checkpoint that has no batch yet was never asked for',
    { batch: null, firstOffset: null, endOffset: null },
    'before_first_read',
  ],
  ['below the checkpoint and in no batch is unaccounted for', { batch: null }, 'unaccounted'],
  ['past the end of an old log was never read', { batch: null, offset: 25n, isCurrent: false }, 'unread'],
  [
    'in a hole of an old log is unaccounted for',
    { batch: null, isCurrent: false, nextOffset: 0n },
    'unaccounted',
  ],
])('an offset %s', (_, more, fate) => {
  expect(offsetFate({ ...traces, ...more })).toBe(fate)
})
