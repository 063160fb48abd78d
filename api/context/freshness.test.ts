import { describe, expect, it } from 'vitest'
import { logOf, TOPIC_ID } from '../../domain/pipeline/partition-log-fixture.ts'
import type { PartitionLog } from '../../domain/pipeline/partition-log.ts'
import { freshnessOf, logsFor } from './freshness.ts'

const snapshot = {
  topic: 'user-login',
  node: 'replica db:5432',
  source: 'replica' as const,
  readAt: new Date(0),
  replicaLagMs: 5,
}

const progress = (partition: number, next: bigint, watermark: string | null, parked = 0n) => ({
  partition,
  topic_id: TOPIC_ID,
  is_retired: false,
  incarnation: 0,
  next_offset: next,
  changes: 0n,
  watermark: watermark === null ? null : new Date(watermark),
  worker: 'w',
  updated_at: new Date(0),
  parked_offsets: parked,
  parked_at: parked === 0n ? null : new Date(early),
  logins: 0n,
  rejects: 0n,
})
const known = (...bounds: PartitionLog[]) => ({ ok: true as const, bounds })
const away = { ok: false as const, message: 'connect ECONNREFUSED 10.1.2.3:9092' }

const early = '2026-03-01T10:00:00.000Z'
const late = '2026-03-01T11:00:00.000Z'

const causesOf = (...asked: Parameters<typeof freshnessOf>) =>
  freshnessOf(...asked).incompleteReasons.map(({ cause, partition, offsets }) => [cause, partition, offsets])

describe('freshnessOf', () => {
  it('is complete when everything that Kafka holds is decided and nothing is parked', () => {
    const read = [progress(0, 10n, late), progress(1, 5n, early)]
    const { watermark, ...rest } = freshnessOf(snapshot, read, known(logOf(0, 0, 10), logOf(1, 0, 5)))
    expect(rest).toMatchObject({
      lag: 0n,
      parkedOffsets: 0n,
      isComplete: true,
      incompleteReasons: [],
      source: 'replica',
      replicaLagMs: 5,
    })
    expect(watermark?.toISOString()).toBe(early)
  })

  it('is not complete while anything is parked, unread, or unknown, and says which', () => {
    const all = known(logOf(0, 0, 10))
    const parked = freshnessOf(snapshot, [progress(0, 10n, late, 3n)], all)
    expect(parked).toMatchObject({ parkedOffsets: 3n, lag: 0n, isComplete: false })
    expect(causesOf(snapshot, [progress(0, 10n, late, 3n)], all)).toEqual([['parked', 0, 3n]])
    const unread = freshnessOf(snapshot, [progress(0, 9n, late)], all)
    expect(unread).toMatchObject({ lag: 1n, isComplete: false })
    expect(causesOf(snapshot, [progress(0, 9n, late)], all)).toEqual([['unread', 0, 1n]])
    const unknown = freshnessOf(snapshot, [progress(0, 10n, late)], away)
    expect(unknown).toMatchObject({ lag: null, isComplete: false })
    expect(unknown.incompleteReasons[0]?.message).toMatch(/not known: Kafka does not answer/)
    expect(unknown.incompleteReasons[0]?.message).not.toContain('10.1.2.3')
  })

  it('never knows more while Kafka is away: a partition that has counted nothing may have something unread', () => {
    const read = [progress(0, 10n, late), progress(1, 0n, null)]
    const unread = freshnessOf(snapshot, read, known(logOf(0, 0, 10), logOf(1, 0, 5)))
    expect(unread).toMatchObject({ watermark: null, countedToMs: -Infinity })
    expect(freshnessOf(snapshot, read, away)).toMatchObject({ watermark: null, countedToMs: -Infinity })
    const retired = [progress(0, 10n, late), { ...progress(1, 0n, null), is_retired: true }]
    expect(freshnessOf(snapshot, retired, away).countedToMs).toBe(Date.parse(late))
  })

  it('counts what an open transaction keeps from being read, and names the transaction', () => {
    const openTransactions = [
      {
        producerId: 7n,
        firstOffset: 8n,
        lastWriteMs: Date.parse(late),
        transactionalId: 'billing',
        sinceMs: Date.parse(early),
      },
    ]
    const blocked = known(logOf(0, 0, 12, { stableEnd: 8n, openTransactions }))
    const behind = freshnessOf(snapshot, [progress(0, 8n, late)], blocked)
    expect(behind).toMatchObject({ lag: 4n, isComplete: false })
    expect(behind.incompleteReasons.map(({ message }) => message)).toEqual([
      `partition 0: 4 offsets from 8 to 11 cannot be read until a transaction of a producer ends: producer 7 (transactional.id "billing"), open since ${early}, which wrote last at ${late}`,
    ])
    expect(causesOf(snapshot, [progress(0, 5n, late)], blocked)).toEqual([
      ['unread', 0, 3n],
      ['open_transaction', 0, 4n],
    ])
    const untold = known(logOf(0, 0, 12, { stableEnd: 8n }))
    expect(freshnessOf(snapshot, [progress(0, 8n, late)], untold).incompleteReasons[0]?.message).toMatch(
      /from 8 to 11 .* the broker does not tell which/,
    )
  })

  it('takes all of a topic that was created anew for unread, however far the old one was read', () => {
    const anew = known(logOf(0, 0, 4, { topicId: 'another' }))
    expect(freshnessOf(snapshot, [progress(0, 10n, late)], anew)).toMatchObject({
      lag: 4n,
      isComplete: false,
    })
    expect(causesOf(snapshot, [progress(0, 10n, late)], anew)).toEqual([['topic_recreated', 0, 4n]])
    const empty = known(logOf(0, 0, 0, { topicId: 'another' }))
    expect(freshnessOf(snapshot, [progress(0, 10n, late)], empty)).toMatchObject({
      lag: 0n,
      isComplete: false,
    })
  })

  it('knows no lag of a log that ends before what was read of it', () => {
    const shorter = known(logOf(0, 0, 10))
    expect(freshnessOf(snapshot, [progress(0, 12n, late)], shorter)).toMatchObject({
      lag: null,
      isComplete: false,
    })
    expect(causesOf(snapshot, [progress(0, 12n, late)], shorter)).toEqual([['log_truncated', 0, null]])
  })

  it('counts as unread what is left of a log whose beginning is gone, and says what is lost', () => {
    expect(causesOf(snapshot, [progress(0, 3n, late)], known(logOf(0, 5, 10)))).toEqual([
      ['offsets_lost', 0, 2n],
      ['unread', 0, 5n],
    ])
    expect(causesOf(snapshot, [progress(0, 3n, late)], known(logOf(0, 10, 10)))).toEqual([
      ['offsets_lost', 0, 7n],
    ])
  })

  it('misses a partition that the topic has no more until it is retired', () => {
    const gone = progress(1, 5n, early)
    expect(causesOf(snapshot, [progress(0, 10n, late), gone], known(logOf(0, 0, 10)))).toEqual([
      ['partition_gone', 1, null],
    ])
    const retired = { ...gone, is_retired: true, watermark: null }
    expect(freshnessOf(snapshot, [progress(0, 10n, late), retired], known(logOf(0, 0, 10)))).toMatchObject({
      lag: 0n,
      isComplete: true,
    })
  })

  it('knows no watermark while a partition with unread logins has counted none', () => {
    const both = known(logOf(0, 0, 10), logOf(1, 0, 5))
    expect(freshnessOf(snapshot, [progress(0, 10n, late)], both)).toMatchObject({ watermark: null, lag: 5n })
    expect(freshnessOf(snapshot, [progress(0, 10n, late), progress(1, 0n, null)], both).watermark).toBeNull()
  })

  it('leaves empty partitions out of the watermark', () => {
    const withEmpty = known(logOf(0, 0, 10), logOf(1, 7, 7))
    expect(freshnessOf(snapshot, [progress(0, 10n, late)], withEmpty).watermark?.toISOString()).toBe(late)
  })
})

describe('what is counted', () => {
  const marks = (...asked: Parameters<typeof freshnessOf>) => {
    const { countedToMs, parkedToMs } = freshnessOf(...asked)
    return { countedToMs, parkedToMs }
  }
  const nothingParked = { parkedToMs: -Infinity }

  it('reaches to the latest event of each partition that has something unread, and of no other', () => {
    const read = [progress(0, 10n, late), progress(1, 5n, early)]
    const all = marks(snapshot, read, known(logOf(0, 0, 10), logOf(1, 0, 5)))
    expect(all).toEqual({ countedToMs: Infinity, ...nothingParked })
    const behind = marks(snapshot, read, known(logOf(0, 0, 11), logOf(1, 0, 5)))
    expect(behind).toEqual({ countedToMs: Date.parse(late), ...nothingParked })
    const both = marks(snapshot, read, known(logOf(0, 0, 11), logOf(1, 0, 6)))
    expect(both.countedToMs).toBe(Date.parse(early))
    const added = marks(snapshot, read, known(logOf(0, 0, 10), logOf(1, 0, 5), logOf(2, 0, 1)))
    expect(added.countedToMs).toBe(-Infinity)
  })

  it('reaches to the watermark while Kafka is away, and no further where a log was lost', () => {
    expect(marks(snapshot, [progress(0, 10n, late)], away).countedToMs).toBe(Date.parse(late))
    expect(marks(snapshot, [], away).countedToMs).toBe(-Infinity)
    const anew = known(logOf(0, 0, 0, { topicId: 'another' }))
    expect(marks(snapshot, [progress(0, 10n, late)], anew).countedToMs).toBe(Date.parse(late))
  })

  it('may lack what is parked, of any time up to an hour after it was', () => {
    const { parkedToMs } = marks(snapshot, [progress(0, 10n, late, 3n)], known(logOf(0, 0, 10)))
    expect(parkedToMs).toBe(Date.parse(early) + 3_600_001)
  })
})

describe('logsFor', () => {
  it('asks Kafka again when the end is before a checkpoint that was read later', async () => {
    const asked: (number | undefined)[] = []
    const kafkaBounds = (_: string, sinceMs?: number) => {
      asked.push(sinceMs)
      return Promise.resolve(known(logOf(0, 0, sinceMs === undefined ? 10 : 12)))
    }
    expect(await logsFor(kafkaBounds, 't', Promise.resolve([progress(0, 10n, late)]))).toEqual(
      known(logOf(0, 0, 10)),
    )
    expect(await logsFor(kafkaBounds, 't', Promise.resolve([progress(0, 12n, late)]))).toEqual(
      known(logOf(0, 0, 12)),
    )
    expect(asked).toEqual([undefined, undefined, expect.any(Number)])
  })
})
