import { describe, expect, it } from 'vitest'
import { freshnessOf, type PartitionBounds } from './freshness.ts'

const snapshot = { node: 'replica db:5432', source: 'replica' as const, readAt: new Date(0), replicaLagMs: 5 }

const progress = (partition: number, next: bigint, watermark: string | null, parked = 0n) => ({
  partition,
  next_offset: next,
  watermark: watermark === null ? null : new Date(watermark),
  worker: 'w',
  updated_at: new Date(0),
  parked_offsets: parked,
  logins: 0n,
  rejects: 0n,
})
const bounds = (partition: number, start: bigint, end: bigint): PartitionBounds => ({ partition, start, end })

const early = '2026-03-01T10:00:00.000Z'
const late = '2026-03-01T11:00:00.000Z'

describe('freshnessOf', () => {
  it('is complete when everything that Kafka holds is decided and nothing is parked', () => {
    const read = [progress(0, 10n, late), progress(1, 5n, early)]
    const { watermark, ...rest } = freshnessOf(snapshot, read, [bounds(0, 0n, 10n), bounds(1, 0n, 5n)])
    expect(rest).toMatchObject({
      lag: 0n,
      parkedOffsets: 0n,
      complete: true,
      source: 'replica',
      replicaLagMs: 5,
    })
    expect(watermark?.toISOString()).toBe(early)
  })

  it('is not complete while anything is parked, unread, or unknown', () => {
    const all = [bounds(0, 0n, 10n)]
    expect(freshnessOf(snapshot, [progress(0, 10n, late, 3n)], all)).toMatchObject({
      parkedOffsets: 3n,
      complete: false,
    })
    expect(freshnessOf(snapshot, [progress(0, 9n, late)], all)).toMatchObject({ lag: 1n, complete: false })
    expect(freshnessOf(snapshot, [progress(0, 10n, late)], null)).toMatchObject({
      lag: null,
      complete: false,
    })
  })

  it('knows no watermark while a partition with unread logins has counted none', () => {
    const both = [bounds(0, 0n, 10n), bounds(1, 0n, 5n)]
    expect(freshnessOf(snapshot, [progress(0, 10n, late)], both)).toMatchObject({ watermark: null, lag: 5n })
    expect(freshnessOf(snapshot, [progress(0, 10n, late), progress(1, 0n, null)], both).watermark).toBeNull()
  })

  it('leaves empty partitions out of the watermark', () => {
    const withEmpty = [bounds(0, 0n, 10n), bounds(1, 7n, 7n)]
    expect(freshnessOf(snapshot, [progress(0, 10n, late)], withEmpty).watermark?.toISOString()).toBe(late)
  })

  it('never counts less than nothing as unread when the end was asked for before the checkpoint moved', () => {
    expect(freshnessOf(snapshot, [progress(0, 12n, late)], [bounds(0, 0n, 10n)])).toMatchObject({
      lag: 0n,
      complete: true,
    })
  })
})
