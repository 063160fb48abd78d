import { describe, expect, it, vi } from 'vitest'
import { logOf } from '../../domain/pipeline/partition-log-fixture.ts'
import { createKafkaBounds } from './kafka-bounds.ts'

describe('createKafkaBounds', () => {
  it('asks Kafka once a second, however many requests want to know', async () => {
    let nowMs = 0
    const read = vi.fn(() => Promise.resolve([logOf(0, 0, 1)]))
    const bounds = createKafkaBounds({ read }, 't', () => nowMs)
    await Promise.all([bounds('t'), bounds('t'), bounds('t')])
    nowMs = 999
    await bounds('t')
    expect(read).toHaveBeenCalledTimes(1)
    nowMs = 1_000
    expect(await bounds('t')).toEqual({ ok: true, bounds: [logOf(0, 0, 1)] })
    expect(read).toHaveBeenCalledTimes(2)
  })

  it('asks anew for who needs what is no older than a moment, once for all of them', async () => {
    let nowMs = 0
    const read = vi.fn(() => Promise.resolve([logOf(0, 0, 1)]))
    const bounds = createKafkaBounds({ read }, 't', () => nowMs)
    await bounds('t')
    nowMs = 10
    await Promise.all([bounds('t', 5), bounds('t', 5), bounds('t', 10)])
    expect(read).toHaveBeenCalledTimes(2)
    await bounds('t')
    expect(read).toHaveBeenCalledTimes(2)
  })

  it('says why when Kafka is away, and does not ask again for a while', async () => {
    let nowMs = 0
    const read = vi.fn(() => Promise.reject(new Error('connection refused')))
    const bounds = createKafkaBounds({ read }, 't', () => nowMs)
    expect(await bounds('t')).toEqual({ ok: false, message: 'connection refused' })
    nowMs = 4_999
    await bounds('t')
    expect(read).toHaveBeenCalledTimes(1)
  })

  it('does not wait longer than a moment for a Kafka that hangs', async () => {
    const bounds = createKafkaBounds({ read: () => new Promise(() => undefined) }, 't')
    const startMs = performance.now()
    expect(await bounds('t')).toMatchObject({ ok: false })
    expect(performance.now() - startMs).toBeLessThan(1_800)
  })

  it('never lets the topic that is counted wait for questions about others, which wait for each other', async () => {
    const hanging = Promise.withResolvers<never[]>()
    const read = vi.fn((topic: string) => (topic === 't' ? Promise.resolve([]) : hanging.promise))
    const bounds = createKafkaBounds({ read }, 't')
    const others = Array.from({ length: 20 }, (_, i) => bounds(`other-${i}`))
    expect(await bounds('t')).toEqual({ ok: true, bounds: [] })
    expect(read.mock.calls.filter(([topic]) => topic !== 't')).toHaveLength(8)
    hanging.resolve([])
    expect((await Promise.all(others)).every(({ ok }) => ok)).toBe(true)
  })
})
