import { expect, test } from 'vitest'
import { SliceSlots } from './slice-slots.ts'

const never = new AbortController().signal
const untilTold = (handOver: AbortSignal) =>
  new Promise<string>((resolve) => {
    handOver.addEventListener('abort', () => {
      resolve('handed over')
    })
  })

test('no more slots are reserved than the limit says, and a higher limit lets in who waits', async () => {
  const slots = new SliceSlots()
  const reserved: number[] = []
  for (const n of [1, 2, 3]) void slots.reserveSlot(null, never).then(() => reserved.push(n))
  await Promise.resolve()
  expect(reserved).toEqual([])
  slots.setLimit(2)
  await new Promise(setImmediate)
  expect(reserved).toEqual([1, 2])
  expect(slots.tryReserveSlot()).toBeNull()
  slots.releaseSlot()
  await new Promise(setImmediate)
  expect(reserved).toEqual([1, 2, 3])
})

test('a slot that is released over the limit goes to nobody', async () => {
  const slots = new SliceSlots()
  slots.setLimit(2)
  await slots.reserveSlot(null, never)
  await slots.reserveSlot(null, never)
  let isReserved = false
  void slots.reserveSlot(null, never).then(() => (isReserved = true))
  slots.setLimit(1)
  slots.releaseSlot()
  await new Promise(setImmediate)
  expect(isReserved).toBe(false)
})

test('who is told to stop while waiting takes no slot', async () => {
  const slots = new SliceSlots()
  const stop = new AbortController()
  const stopped = slots.reserveSlot(null, stop.signal)
  stop.abort()
  await expect(stopped).rejects.toBe(stop.signal.reason)
  await expect(slots.reserveSlot(null, stop.signal)).rejects.toBe(stop.signal.reason)
  slots.setLimit(1)
  expect(slots.tryReserveSlot()).not.toBeNull()
})

test('a lower limit hands the slices over that are too many, and gives back one that still comes', async () => {
  const slots = new SliceSlots()
  slots.setLimit(2)
  const first = slots.within(untilTold)
  let isSecondOver = false
  void slots.within(untilTold).then(() => (isSecondOver = true))
  slots.setLimit(1)
  expect(await first).toBe('handed over')
  expect(isSecondOver).toBe(false)
  await expect(slots.within(untilTold)).rejects.toThrow('already runs its share')
})
