import { describe, expect, it } from 'vitest'
import { drainOf, type PaceSample, paceOf } from './pace.ts'

const NOW_MS = Date.parse('2026-03-01T12:00:00Z')
const sample = (atMs: number, checkpoint: bigint, end: bigint, log = 'a'): PaceSample => ({
  atMs,
  log,
  checkpoint,
  end,
})

describe('the pace of a partition', () => {
  it('is what was read and written between the first sample and the last', () => {
    const samples = [sample(0, 100n, 1_000n), sample(5_000, 0n, 0n, 'b'), sample(10_000, 600n, 1_200n)]
    expect(paceOf(samples)).toEqual({ readPerSecond: 50, producedPerSecond: 20, overMs: 10_000 })
  })

  it('is of the log that is read now', () => {
    const samples = [sample(0, 900n, 1_000n), sample(5_000, 0n, 40n, 'b'), sample(10_000, 10n, 50n, 'b')]
    expect(paceOf(samples)).toEqual({ readPerSecond: 2, producedPerSecond: 2, overMs: 5_000 })
  })

  it('is not known after a moment, without samples, and where something went back', () => {
    expect(paceOf([])).toBeNull()
    expect(paceOf([sample(0, 1n, 1n), sample(500, 2n, 2n)])).toBeNull()
    expect(paceOf([sample(0, 10n, 100n), sample(10_000, 5n, 100n)])).toBeNull()
    expect(paceOf([sample(0, 10n, 100n), sample(10_000, 10n, 90n)])).toBeNull()
  })
})

describe('a backlog', () => {
  const pace = (readPerSecond: number, producedPerSecond: number) => ({
    readPerSecond,
    producedPerSecond,
    overMs: 60_000,
  })

  it('is drained when what is read more than written has made up for it', () => {
    expect(drainOf(3_000n, pace(80, 50), NOW_MS)).toEqual({ atMs: NOW_MS + 100_000 })
  })

  it('that grows, or keeps its size, is not drained at any time', () => {
    expect(drainOf(3_000n, pace(50, 80), NOW_MS)).toEqual({ atMs: null, why: 'growing' })
    expect(drainOf(3_000n, pace(50, 50), NOW_MS)).toEqual({ atMs: null, why: 'growing' })
    expect(drainOf(3_000n, pace(0, 80), NOW_MS)).toEqual({ atMs: null, why: 'growing' })
  })

  it('stands still where nothing is read and nothing written', () => {
    expect(drainOf(3_000n, pace(0, 0), NOW_MS)).toEqual({ atMs: null, why: 'standing' })
  })

  it('is none where nothing is unread, or only what is in hand', () => {
    expect(drainOf(0n, null, NOW_MS)).toEqual({ atMs: null, why: 'drained' })
    expect(drainOf(100n, pace(50, 80), NOW_MS)).toEqual({ atMs: null, why: 'drained' })
  })

  it('is drained nobody knows when while the pace is not known', () => {
    expect(drainOf(1n, null, NOW_MS)).toEqual({ atMs: null, why: 'unknown' })
  })
})
