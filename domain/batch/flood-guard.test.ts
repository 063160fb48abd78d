import { expect, it } from 'vitest'
import { initialGuard, watchParked, watchRecords, type FloodGuard } from './flood-guard.ts'

const limits = { windowRecords: 100, rejectPercent: 50, parkedInARow: 3 }
const watch = (guard: FloodGuard, records: number, rejects: number, isWhole = true) =>
  watchRecords(guard, { records, rejects, isWhole }, limits)

it('stops a flood of rejects as soon as a window has too many of them, batch by batch', () => {
  let guard = initialGuard()
  for (let batch = 0; batch < 5; batch++) {
    const watched = watch(guard, 10, 10)
    expect(watched.flood).toBeNull()
    guard = watched.guard
  }
  expect(watch(guard, 1, 1).flood).toMatch(
    /51 of the latest 51 records are not logins, more than 50 % of 100/,
  )
})

it('judges a batch larger than the window by its own share', () => {
  expect(watch(initialGuard(), 1_000, 500).flood).toBeNull()
  expect(watch(initialGuard(), 1_000, 501).flood).not.toBeNull()
})

it('forgets a window that was full: rejects that are few for ever stop nothing', () => {
  let guard = initialGuard()
  for (let batch = 0; batch < 1_000; batch++) {
    const watched = watch(guard, 10, 5)
    expect(watched.flood).toBeNull()
    guard = watched.guard
  }
})

it('lets through what an operator accepted, until a whole window is without a flood', () => {
  const off = { ...initialGuard(), isOff: true }
  const afterFlood = watch(off, 100, 100)
  expect(afterFlood).toMatchObject({ flood: null, guard: { isOff: true } })
  const partly = watch(afterFlood.guard, 50, 0)
  expect(partly.guard.isOff).toBe(true)
  const calm = watch(partly.guard, 50, 0)
  expect(calm.guard.isOff).toBe(false)
  expect(watch(calm.guard, 100, 100).flood).not.toBeNull()
})

it('stops after as many parked parts in a row as allowed; a range that is committed whole starts the row anew', () => {
  let guard = initialGuard()
  for (let part = 0; part < 3; part++) {
    const watched = watchParked(guard, limits)
    expect(watched.flood).toBeNull()
    // Parts of one range that are committed between parked parts do not end the row.
    guard = watch(watched.guard, 5, 0, false).guard
  }
  expect(watchParked(guard, limits).flood).toMatch(/4 parts of batches failed in a row, more than 3/)
  expect(watchParked(watch(guard, 5, 0).guard, limits).flood).toBeNull()
  expect(watchParked({ ...guard, isOff: true }, limits).flood).toBeNull()
})
