import { expect, onTestFinished, test, vi } from 'vitest'
import { Semaphore } from './semaphore.ts'

test('no more are let in than there are places, and the longest waiting comes next', async () => {
  const semaphore = new Semaphore(1)
  const order: string[] = []
  const releaseFirst = await semaphore.acquire()
  const waiting = ['second', 'third'].map(async (name) => {
    const release = await semaphore.acquire()
    order.push(name)
    release?.()
  })
  await Promise.resolve()
  expect([order, semaphore.isCrowded]).toEqual([[], true])
  releaseFirst?.()
  await Promise.all(waiting)
  expect([order, semaphore.isCrowded]).toEqual([['second', 'third'], false])
})

test('who is told to stop while waiting gets no place and takes none', async () => {
  const semaphore = new Semaphore(1)
  const release = await semaphore.acquire()
  const stop = new AbortController()
  const stopped = semaphore.acquire({ stop: stop.signal })
  const patient = semaphore.acquire()
  stop.abort()
  expect(await stopped).toBeNull()
  release?.()
  expect(await patient).not.toBeNull()
})

test('who has stopped already is not let in', async () => {
  const semaphore = new Semaphore(1)
  expect(await semaphore.acquire({ stop: AbortSignal.abort() })).toBeNull()
  expect(await semaphore.acquire()).not.toBeNull()
})

test('work waits for its place, and gives it back also when it fails', async () => {
  const semaphore = new Semaphore(1)
  const order: string[] = []
  const failing = semaphore.within(async () => {
    order.push('first')
    await Promise.resolve()
    throw new Error('no')
  })
  const next = semaphore.within(async () => {
    await Promise.resolve()
    order.push('second')
    return 'done'
  })
  await Promise.resolve()
  expect(order).toEqual(['first'])
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('done')
  expect(order).toEqual(['first', 'second'])
})

test('light ones are in together, and none of them passes a heavy one that waits', async () => {
  const semaphore = new Semaphore(10)
  const release = [await semaphore.acquire({ weight: 4 }), await semaphore.acquire({ weight: 4 })]
  const order: string[] = []
  const heavy = semaphore.acquire({ weight: 100 }).then((releaseHeavy) => {
    order.push('heavy')
    releaseHeavy?.()
  })
  const light = semaphore.acquire({ weight: 1 }).then(() => order.push('light'))
  release[0]?.()
  await Promise.resolve()
  expect(order).toEqual([])
  release[1]?.()
  await Promise.all([heavy, light])
  expect(order).toEqual(['heavy', 'light'])
})

test('when a heavy one gives up waiting, the light ones behind it are let in', async () => {
  const semaphore = new Semaphore(10)
  await semaphore.acquire({ weight: 5 })
  const stop = new AbortController()
  const heavy = semaphore.acquire({ stop: stop.signal, weight: 6 })
  const light = semaphore.acquire({ weight: 5 })
  stop.abort()
  expect(await heavy).toBeNull()
  expect(await light).not.toBeNull()
})

test('who has no more patience gets nothing, and those behind are let in', async () => {
  vi.useFakeTimers()
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const semaphore = new Semaphore(10)
  await semaphore.acquire({ weight: 5 })
  const heavy = semaphore.acquire({ weight: 6, patienceMs: 5_000 })
  const light = semaphore.acquire({ weight: 5, patienceMs: 60_000 })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(await heavy).toBeNull()
  expect(await light).not.toBeNull()
  expect([semaphore.isCrowded, vi.getTimerCount()]).toEqual([false, 0])
})

test('what is released twice is free once', async () => {
  const semaphore = new Semaphore(1)
  const release = await semaphore.acquire()
  release?.()
  release?.()
  expect(await semaphore.acquire()).not.toBeNull()
  expect(await semaphore.acquire({ patienceMs: 1 })).toBeNull()
})
