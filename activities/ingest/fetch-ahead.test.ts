import { expect, test } from 'vitest'
import { Semaphore } from '../../concurrency/semaphore.ts'
import { loadConfig } from '../../config/config.ts'
import { IDLE } from '../session/kafka-options.ts'
import { fetchAhead, LINGER } from './fetch-ahead.ts'

const BATCH_BYTES = 1_000_000
const never = new AbortController().signal
const settle = () => new Promise((resolve) => setImmediate(resolve))

/** A partition of a process with room for one fetched batch, and what its reader was asked for. */
function createSession(fetchedBatches: Semaphore, found: () => Promise<number> = () => Promise.resolve(1)) {
  const asked: (number | undefined)[] = []
  const config = loadConfig({ BATCH_MAX_BYTES: String(BATCH_BYTES) })
  const reader = {
    fetch: (_: bigint, { maxBytes }: { maxBytes?: number }) => {
      asked.push(maxBytes)
      return found()
    },
  }
  return { asked, session: { reader, deps: { config, fetchedBatches } } as never }
}

test('a partition that has something to read fetches a whole batch, once there is room, and an idle one a little at once', async () => {
  const room = new Semaphore(1)
  const [first, second, idle] = [createSession(room), createSession(room), createSession(room)]
  const { release } = await fetchAhead(first.session, 0n, LINGER, never)
  const waiting = fetchAhead(second.session, 0n, LINGER, never)
  await fetchAhead(idle.session, 0n, IDLE, never)
  expect([first.asked, second.asked, idle.asked]).toEqual([[BATCH_BYTES], [], [65_536]])
  release()
  expect((await waiting).found).toBe(1)
  expect(second.asked).toEqual([BATCH_BYTES])
})

test('a fetch that finds nothing, or fails, leaves its room to the others', async () => {
  const room = new Semaphore(1)
  const empty = createSession(room, () => Promise.resolve(0))
  const failing = createSession(room, () => Promise.reject(new Error('away')))
  expect((await fetchAhead(empty.session, 0n, LINGER, never)).found).toBe(0)
  await expect(fetchAhead(failing.session, 0n, LINGER, never)).rejects.toThrow('away')
  expect((await fetchAhead(createSession(room).session, 0n, LINGER, never)).found).toBe(1)
})

test('a partition that is stopped while it waits for room fetches nothing', async () => {
  const room = new Semaphore(1)
  const stop = new AbortController()
  await fetchAhead(createSession(room).session, 0n, LINGER, never)
  const stopped = createSession(room)
  const waiting = fetchAhead(stopped.session, 0n, LINGER, stop.signal)
  await settle()
  stop.abort()
  expect((await waiting).found).toBe(0)
  expect(stopped.asked).toEqual([])
})
