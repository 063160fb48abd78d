import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { ActiveServiceToken } from '../../../db/access/service-tokens.ts'
import { createKnownTokens, FRESH_MS, KEPT_MS } from './known-tokens.ts'
import { hashOfToken } from './token-text.ts'

const NOW_MS = Date.parse('2026-03-01T12:00:00Z')
const token = (id: bigint, lastsMs = 3_600_000): ActiveServiceToken => ({
  ...{ id, name: `program ${id}`, roles: ['viewer'], hash: hashOfToken(String(id)) },
  expires_at: new Date(NOW_MS + lastsMs),
})
const [one, two] = [token(1n), token(2n)]

/** The tokens of an API, and the table that they are read from. */
function setUp(tokens: ActiveServiceToken[]) {
  const table = { tokens, isAway: false, reads: 0 }
  const read = () => {
    table.reads++
    return table.isAway ? Promise.reject(new Error('away')) : Promise.resolve([...table.tokens])
  }
  const known = createKnownTokens(read, { now: () => Date.now(), elapsed: () => performance.now() })
  const find = async ({ hash }: ActiveServiceToken) => {
    const found = known.find(hash)
    found.catch(() => undefined)
    await vi.advanceTimersByTimeAsync(500)
    return await found
  }
  return { table, known, find }
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS, toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  return () => vi.useRealTimers()
})

describe('a token', () => {
  it('is read once for all who use it within two seconds', async () => {
    const { table, find } = setUp([one, two])
    expect(await find(one)).toBe(one)
    expect([await find(two), await find(one)]).toEqual([two, one])
    expect(table.reads).toBe(1)
  })

  it('that is revoked elsewhere is taken no longer than the stated time', async () => {
    const { table, find } = setUp([one])
    await find(one)
    table.tokens = []
    await vi.advanceTimersByTimeAsync(FRESH_MS)
    expect(await find(one)).toBeNull()
  })

  it('that is used all the time is read anew beside its requests', async () => {
    const { table, find } = setUp([one])
    for (let second = 0; second < 20; second++) await find(one)
    expect(table.reads).toBeGreaterThanOrEqual(3)
    expect(table.reads).toBeLessThan(6)
  })

  it('that is revoked here is taken no more at once, though a reading that began before still has it', async () => {
    const { table, known, find } = setUp([one])
    await find(one)
    known.revoke(1n)
    expect(await find(one)).toBeNull()
    expect(table.reads).toBeGreaterThan(1)
  })

  it('that is made elsewhere is known at its first use', async () => {
    const { table, find } = setUp([one])
    await find(one)
    table.tokens = [one, two]
    expect(await find(two)).toBe(two)
  })

  it('that is made here is known without a reading', async () => {
    const { table, known, find } = setUp([one])
    await find(one)
    known.add(two)
    expect(await find(two)).toBe(two)
    expect(table.reads).toBe(1)
  })

  it('is taken until the moment it expires', async () => {
    const short = token(3n, 1_000)
    const { find } = setUp([short])
    expect(await find(short)).toBe(short)
    await vi.advanceTimersByTimeAsync(500)
    expect(await find(short)).toBeNull()
  })
})

it('a flood of made-up tokens reads no more often than a few a second', async () => {
  const { table, known } = setUp([one])
  const flood = Array.from({ length: 1_000 }, (_, i) => known.find(hashOfToken(`made up ${i}`)))
  await vi.advanceTimersByTimeAsync(2_000)
  expect(await Promise.all(flood)).toEqual(flood.map(() => null))
  expect(table.reads).toBe(1)
  for (let i = 0; i < 100; i++) {
    void known.find(hashOfToken(`later ${i}`))
    await vi.advanceTimersByTimeAsync(10)
  }
  expect(table.reads).toBeLessThanOrEqual(6)
})

describe('while the primary is away', () => {
  it('known tokens go on for a minute, and no longer', async () => {
    const { table, find } = setUp([one])
    await find(one)
    table.isAway = true
    await vi.advanceTimersByTimeAsync(KEPT_MS - 5_000)
    expect(await find(one)).toBe(one)
    await vi.advanceTimersByTimeAsync(5_000)
    await expect(find(one)).rejects.toMatchObject({ code: 'IDENTITY_UNAVAILABLE' })
  })

  it('it is not known whether another token is one', async () => {
    const { table, find } = setUp([one])
    table.isAway = true
    await expect(find(two)).rejects.toMatchObject({ code: 'IDENTITY_UNAVAILABLE' })
  })

  it('the primary is asked again every two seconds, and not by each request', async () => {
    const { table, find } = setUp([one])
    table.isAway = true
    for (let i = 0; i < 20; i++) await find(one).catch(() => undefined)
    expect(table.reads).toBeLessThanOrEqual(6)
    table.isAway = false
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await find(one)).toBe(one)
  })
})

describe('whoever watches a token', () => {
  it('hears of it at once when it is revoked here', async () => {
    const { known } = setUp([one])
    const ended = vi.fn()
    known.watch(1n, ended)
    known.revoke(1n)
    expect(ended).toHaveBeenCalledTimes(1)
    const late = vi.fn()
    known.watch(1n, late)
    expect(late).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(10_000)
  })

  it('hears of it within the stated time when it is revoked elsewhere, with nobody asking', async () => {
    const { table, known, find } = setUp([one, two])
    await find(one)
    const [ended, other] = [vi.fn(), vi.fn()]
    known.watch(1n, ended)
    known.watch(2n, other)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(ended).not.toHaveBeenCalled()
    table.tokens = [two]
    await vi.advanceTimersByTimeAsync(FRESH_MS)
    expect(ended).toHaveBeenCalled()
    expect(other).not.toHaveBeenCalled()
  })

  it('is ended where the primary was away for longer than a minute', async () => {
    const { table, known, find } = setUp([one])
    await find(one)
    table.isAway = true
    const ended = vi.fn()
    known.watch(1n, ended)
    await vi.advanceTimersByTimeAsync(KEPT_MS - 5_000)
    expect(ended).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(ended).toHaveBeenCalled()
  })

  it('costs nothing once it stopped watching', async () => {
    const { table, known } = setUp([one])
    const ended = vi.fn()
    known.watch(1n, ended)()
    await vi.advanceTimersByTimeAsync(5_000)
    const { reads } = table
    await vi.advanceTimersByTimeAsync(60_000)
    expect(table.reads).toBe(reads)
    known.revoke(1n)
    expect(ended).not.toHaveBeenCalled()
  })
})
