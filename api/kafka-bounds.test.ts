import { describe, expect, it, vi } from 'vitest'
import { createKafkaBounds } from './kafka-bounds.ts'

describe('createKafkaBounds', () => {
  it('asks Kafka once a second, however many requests want to know', async () => {
    let nowMs = 0
    const read = vi.fn(() => Promise.resolve([{ partition: 0, start: 0n, end: 1n }]))
    const bounds = createKafkaBounds({ read }, () => nowMs)
    await Promise.all([bounds('t'), bounds('t'), bounds('t')])
    nowMs = 999
    await bounds('t')
    expect(read).toHaveBeenCalledTimes(1)
    nowMs = 1_000
    expect(await bounds('t')).toEqual({ ok: true, bounds: [{ partition: 0, start: 0n, end: 1n }] })
    expect(read).toHaveBeenCalledTimes(2)
  })

  it('says why when Kafka is away, and does not ask again for a while', async () => {
    let nowMs = 0
    const read = vi.fn(() => Promise.reject(new Error('connection refused')))
    const bounds = createKafkaBounds({ read }, () => nowMs)
    expect(await bounds('t')).toEqual({ ok: false, message: 'connection refused' })
    nowMs = 4_999
    await bounds('t')
    expect(read).toHaveBeenCalledTimes(1)
  })

  it('does not wait longer than a moment for a Kafka that hangs', async () => {
    const bounds = createKafkaBounds({ read: () => new Promise(() => undefined) })
    const startMs = performance.now()
    expect(await bounds('t')).toMatchObject({ ok: false })
    expect(performance.now() - startMs).toBeLessThan(1_800)
  })
})
