import { expect, it, vi } from 'vitest'
import { logOf } from '../../domain/pipeline/partition-log-fixture.ts'
import type { PartitionProgress } from '../../db/read/ledger/progress.ts'
import type { UnreadOfTopic } from '../../kafka/topics/read-unread.ts'
import type { BehindPartition } from '../context/source-types.ts'
import { createOutlooks } from './outlook.ts'

const NOW_MS = Date.parse('2026-03-01T12:00:00Z')
const HOUR_MS = 3_600_000

const behind = (checkpoint: number, end: number, more: Partial<BehindPartition> = {}): BehindPartition => ({
  partition: 0,
  log: logOf(0, 0, end),
  progress: { incarnation: 0, next_offset: BigInt(checkpoint) } as PartitionProgress,
  unread: BigInt(end - checkpoint),
  isExpired: false,
  isStopped: false,
  ...more,
})
const told: UnreadOfTopic = {
  retention: { deletes: true, maxAgeMs: 24 * HOUR_MS, maxBytes: 100_000 },
  timestamps: new Map([[0, NOW_MS - HOUR_MS]]),
  logBytes: new Map([[0, 20_000]]),
}

function watched(readUnread: () => Promise<UnreadOfTopic> = () => Promise.resolve(told)) {
  let elapsedMs = 0
  const asked = vi.fn(readUnread)
  const outlooks = createOutlooks('logins', asked, () => elapsedMs)
  return {
    asked,
    outlooks,
    after: (ms: number) => (elapsedMs += ms),
    read: async (one: BehindPartition) => (await outlooks.read([one], NOW_MS)).get(0),
  }
}

it('a backlog has its pace from what was noted before, and retention takes it by whichever limit comes first', async () => {
  const { asked, outlooks, after, read } = watched()
  outlooks.note([behind(100, 500)])
  after(10_000)
  const outlook = await read(behind(200, 1_000))
  expect(asked).toHaveBeenCalledWith('logins', [{ partition: 0, offset: 200n }], NOW_MS)
  expect(outlook).toMatchObject({
    pace: { readPerSecond: 10, producedPerSecond: 50 },
    drain: { atMs: null, why: 'growing' },
    oldestUnreadMs: NOW_MS - HOUR_MS,
    // 20 bytes an offset: 16,000 are unread, and 1,000 more each second.
    retention: { atMs: NOW_MS + 84_000, by: 'size' },
  })
})

it('a partition that is stopped reads nothing, whatever it has just read', async () => {
  const { outlooks, after, read } = watched()
  outlooks.note([behind(0, 1_000)])
  after(10_000)
  expect(await read(behind(998, 1_000, { isStopped: true }))).toMatchObject({
    pace: { readPerSecond: 0 },
    drain: { atMs: null, why: 'standing' },
  })
  expect(await read(behind(998, 1_000))).toMatchObject({ drain: { why: 'drained' } })
})

it('what was noted more than a minute ago is no part of the pace', async () => {
  const { outlooks, after, read } = watched()
  outlooks.note([behind(0, 1_000)])
  after(61_000)
  outlooks.note([behind(900, 1_000)])
  after(10_000)
  expect((await read(behind(1_000, 1_100)))?.pace).toMatchObject({ readPerSecond: 10 })
})

it('Kafka is not asked while nothing is unread, and what was taken already is taken now', async () => {
  const { asked, read } = watched()
  expect(await read(behind(1_000, 1_000))).toMatchObject({ retention: null, drain: { why: 'drained' } })
  expect(asked).not.toHaveBeenCalled()
  expect(await read(behind(0, 1_000, { isExpired: true }))).toMatchObject({
    retention: { atMs: NOW_MS, by: 'age' },
  })
})

it('what Kafka does not tell is not known, and throws nothing', async () => {
  const { read } = watched(() => Promise.reject(new Error('away')))
  expect(await read(behind(0, 1_000))).toMatchObject({
    oldestUnreadMs: null,
    retention: { atMs: null, why: 'unknown' },
  })
})
