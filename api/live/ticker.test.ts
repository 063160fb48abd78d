import { expect, it, onTestFinished, vi } from 'vitest'
import { createTicker } from './ticker.ts'

function startTicker(read: () => Promise<bigint>) {
  vi.useFakeTimers()
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const readPosition = vi.fn(read)
  const ticker = createTicker(readPosition)
  const wait = (position: bigint) => {
    const resumed = vi.fn()
    return { resumed, stop: ticker.watch(position, resumed) }
  }
  return { readPosition, wait }
}

it('asks the node once for all who wait, and lets each go on when the node is beyond its place', async () => {
  let position = 5n
  const { readPosition, wait } = startTicker(() => Promise.resolve(position))
  const [ahead, behind] = [wait(5n), wait(4n)]
  await vi.advanceTimersByTimeAsync(250)
  expect(ahead.resumed).not.toHaveBeenCalled()
  expect(behind.resumed).toHaveBeenCalledOnce()
  expect(readPosition).toHaveBeenCalledTimes(3)
  position = 6n
  await vi.advanceTimersByTimeAsync(1_000)
  expect(ahead.resumed).toHaveBeenCalledOnce()
  expect(readPosition).toHaveBeenCalledTimes(4)
})

it('goes on when the node does not answer, and asks it no more when nobody waits', async () => {
  const { readPosition, wait } = startTicker(() => Promise.reject(new Error('away')))
  const { resumed, stop } = wait(1n)
  await vi.advanceTimersByTimeAsync(450)
  expect(readPosition).toHaveBeenCalledTimes(5)
  stop()
  await vi.advanceTimersByTimeAsync(1_000)
  expect([readPosition.mock.calls.length, vi.getTimerCount()]).toEqual([6, 0])
  expect(resumed).not.toHaveBeenCalled()
})
