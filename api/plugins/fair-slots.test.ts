import { describe, expect, it, vi } from 'vitest'
import { createFairSlots } from './fair-slots.ts'

const limits = { patienceMs: 60_000, waitingOfOne: 20, runningOfOne: 2 }

describe('slots', () => {
  it('are given to clients in turns, however many one of them asks for first', async () => {
    const slots = createFairSlots(1, limits)
    const order: string[] = []
    const use = async (client: string) => {
      const release = await slots.acquire(client)
      order.push(client)
      await Promise.resolve()
      release?.()
    }
    await Promise.all([...Array.from({ length: 5 }, () => use('greedy')), use('ann'), use('bob')])
    expect(order).toEqual(['greedy', 'greedy', 'ann', 'bob', 'greedy', 'greedy', 'greedy'])
  })

  it('are never more than there are, also when one is freed twice', async () => {
    const slots = createFairSlots(2, limits)
    let held = 0
    let most = 0
    const use = async (client: string) => {
      const release = await slots.acquire(client)
      most = Math.max(most, ++held)
      await new Promise((resolve) => setImmediate(resolve))
      held--
      release?.()
      release?.()
    }
    await Promise.all(Array.from({ length: 15 }, (_, i) => use(`client ${i % 4}`)))
    expect(most).toBe(2)
  })

  it('are not all held by one client, so that another one never waits for its questions', async () => {
    const slots = createFairSlots(2, { ...limits, runningOfOne: 1 })
    const first = await slots.acquire('greedy')
    const second = slots.acquire('greedy')
    const ann = await slots.acquire('ann')
    expect(ann).toBeTypeOf('function')
    ann?.()
    expect(await Promise.race([second, Promise.resolve('waits')])).toBe('waits')
    first?.()
    expect(await second).toBeTypeOf('function')
  })

  it('are not waited for in vain without end, nor by too many of one client', async () => {
    vi.useFakeTimers()
    const slots = createFairSlots(1, { patienceMs: 5_000, waitingOfOne: 2, runningOfOne: 2 })
    const release = await slots.acquire('ann')
    const late = [slots.acquire('ann'), slots.acquire('ann')]
    expect(await slots.acquire('ann')).toBeNull()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await Promise.all(late)).toEqual([null, null])
    const next = slots.acquire('bob')
    release?.()
    expect(await next).toBeTypeOf('function')
    vi.useRealTimers()
  })
})
