import { describe, expect, it } from 'vitest'
import { retentionEnd, type TopicRetention, type UnreadRecords } from './unread-retention.ts'

const NOW_MS = Date.parse('2026-03-01T12:00:00Z')
const HOUR_MS = 3_600_000
const topic = (more: Partial<TopicRetention> = {}): TopicRetention => ({
  deletes: true,
  maxAgeMs: 7 * 24 * HOUR_MS,
  maxBytes: null,
  ...more,
})
const unread = (more: Partial<UnreadRecords> = {}): UnreadRecords => ({
  timestampMs: NOW_MS - HOUR_MS,
  bytes: 1_000,
  bytesPerSecond: 10,
  ...more,
})

describe('retention takes unread records', () => {
  it('when the oldest one is as old as records get', () => {
    expect(retentionEnd(topic(), unread(), NOW_MS)).toEqual({ atMs: NOW_MS + 167 * HOUR_MS, by: 'age' })
  })

  it('when as many bytes follow it as the log may have, at the rate at which it grows', () => {
    const bySize = topic({ maxBytes: 37_000 })
    expect(retentionEnd(bySize, unread(), NOW_MS)).toEqual({ atMs: NOW_MS + HOUR_MS, by: 'size' })
    expect(retentionEnd({ ...bySize, maxAgeMs: null }, unread(), NOW_MS)).toEqual({
      atMs: NOW_MS + HOUR_MS,
      by: 'size',
    })
  })

  it('by whichever comes first', () => {
    const both = topic({ maxAgeMs: 2 * HOUR_MS, maxBytes: 1_000_000 })
    expect(retentionEnd(both, unread(), NOW_MS)).toEqual({ atMs: NOW_MS + HOUR_MS, by: 'age' })
  })

  it('now, when it may have taken them before', () => {
    const late = unread({ timestampMs: NOW_MS - 8 * 24 * HOUR_MS })
    expect(retentionEnd(topic(), late, NOW_MS)).toEqual({ atMs: NOW_MS, by: 'age' })
    const full = topic({ maxAgeMs: null, maxBytes: 1_000 })
    expect(retentionEnd(full, unread({ bytesPerSecond: null }), NOW_MS)).toEqual({ atMs: NOW_MS, by: 'size' })
  })

  it('never, where nothing is deleted, where nothing limits the log, and where a log limited by its size does not grow', () => {
    expect(retentionEnd(topic({ deletes: false }), unread(), NOW_MS)).toEqual({
      atMs: null,
      why: 'compacted',
    })
    expect(retentionEnd(topic({ maxAgeMs: null }), unread(), NOW_MS)).toEqual({
      atMs: null,
      why: 'unlimited',
    })
    const bySize = topic({ maxAgeMs: null, maxBytes: 2_000 })
    expect(retentionEnd(bySize, unread({ bytesPerSecond: 0 }), NOW_MS)).toEqual({
      atMs: null,
      why: 'unlimited',
    })
  })

  it('at a moment that is not known, where Kafka does not tell what limits the log or what is in it', () => {
    const unknown = { atMs: null, why: 'unknown' }
    expect(retentionEnd(null, unread(), NOW_MS)).toEqual(unknown)
    expect(retentionEnd(topic(), unread({ timestampMs: null }), NOW_MS)).toEqual(unknown)
    const bySize = topic({ maxAgeMs: null, maxBytes: 2_000 })
    expect(retentionEnd(bySize, unread({ bytes: null }), NOW_MS)).toEqual(unknown)
    expect(retentionEnd(bySize, unread({ bytesPerSecond: null }), NOW_MS)).toEqual(unknown)
  })

  it('by age also where its size is not known', () => {
    const both = topic({ maxBytes: 2_000 })
    expect(retentionEnd(both, unread({ bytes: null }), NOW_MS)).toMatchObject({ by: 'age' })
  })
})
