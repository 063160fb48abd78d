import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { abortedBy, stopAfter } from './stop-signal.ts'

const never = new AbortController().signal

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

test('time that is over stays over, although memory was collected before anybody looked', async () => {
  const { signal } = stopAfter(1, [never])
  await timersFired()
  expect(signal.aborted).toBe(true)
})

test('a source that aborted is heard, although it was collected before anybody looked', async () => {
  const stop = abortedBy([abortedSource()])
  await timersFired()
  expect(stop.signal.aborted).toBe(true)
})

test('being cancelled ends it before its time', () => {
  const cancelled = new AbortController()
  const { signal, clear } = stopAfter(60_000, [cancelled.signal])
  expect(signal.aborted).toBe(false)
  cancelled.abort()
  expect(signal.aborted).toBe(true)
  clear()
})

test('what is cancelled already never begins', () => {
  const { signal, clear } = stopAfter(60_000, [AbortSignal.abort()])
  expect(signal.aborted).toBe(true)
  clear()
})

/** Held by nobody once it has aborted. */
function abortedSource(): AbortSignal {
  const source = new AbortController()
  setTimeout(() => {
    source.abort()
  }, 1)
  return source.signal
}

/** Timers of a millisecond, and whatever they alone held on to. */
async function timersFired(): Promise<void> {
  await sleep(20)
  collectGarbage()
  await sleep(1)
}
