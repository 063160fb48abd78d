import { expect, test } from 'vitest'
import { Gate } from './gate.ts'

const never = new AbortController().signal

test('no more are let in than there are places, and the longest waiting comes next', async () => {
  const gate = new Gate(1)
  const order: string[] = []
  const leaveFirst = await gate.enter(never)
  const waiting = ['second', 'third'].map(async (name) => {
    const leave = await gate.enter(never)
    order.push(name)
    leave?.()
  })
  await Promise.resolve()
  expect([order, gate.isCrowded]).toEqual([[], true])
  leaveFirst?.()
  await Promise.all(waiting)
  expect([order, gate.isCrowded]).toEqual([['second', 'third'], false])
})

test('who is told to stop while waiting gets no place and takes none', async () => {
  const gate = new Gate(1)
  const leave = await gate.enter(never)
  const stop = new AbortController()
  const stopped = gate.enter(stop.signal)
  const patient = gate.enter(never)
  stop.abort()
  expect(await stopped).toBeNull()
  leave?.()
  expect(await patient).not.toBeNull()
})

test('who has stopped already is not let in', async () => {
  const gate = new Gate(1)
  expect(await gate.enter(AbortSignal.abort())).toBeNull()
  expect(await gate.enter(never)).not.toBeNull()
})

test('work waits for its place, and gives it back also when it fails', async () => {
  const gate = new Gate(1)
  const order: string[] = []
  const failing = gate.within(async () => {
    order.push('first')
    await Promise.resolve()
    throw new Error('no')
  })
  const next = gate.within(async () => {
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
  const gate = new Gate(10)
  const leave = [await gate.enter(never, 4), await gate.enter(never, 4)]
  const order: string[] = []
  const heavy = gate.enter(never, 100).then((leaveHeavy) => {
    order.push('heavy')
    leaveHeavy?.()
  })
  const light = gate.enter(never, 1).then(() => order.push('light'))
  leave[0]?.()
  await Promise.resolve()
  expect(order).toEqual([])
  leave[1]?.()
  await Promise.all([heavy, light])
  expect(order).toEqual(['heavy', 'light'])
})

test('when a heavy one gives up waiting, the light ones behind it are let in', async () => {
  const gate = new Gate(10)
  await gate.enter(never, 5)
  const stop = new AbortController()
  const heavy = gate.enter(stop.signal, 6)
  const light = gate.enter(never, 5)
  stop.abort()
  expect(await heavy).toBeNull()
  expect(await light).not.toBeNull()
})
