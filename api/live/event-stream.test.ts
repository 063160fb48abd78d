import { Writable } from 'node:stream'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createEventStream } from './event-stream.ts'

const bytes = (text: string) => Buffer.from(text)
const settled = () => new Promise((resolve) => setImmediate(resolve))

/** A reader that takes a chunk whenever `take` is called. */
function slowReader() {
  const read: string[] = []
  let take: (() => void) | null = null
  const writable = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _, done) {
      take = () => {
        read.push(chunk.toString())
        take = null
        done()
      }
    },
  })
  return {
    writable,
    read,
    take: async () => {
      take?.()
      await settled()
    },
  }
}

it('gives a fast reader every event, after a comment that opens the stream', async () => {
  const { readable, send } = createEventStream()
  const read: string[] = []
  readable.on('data', (chunk: Buffer) => read.push(chunk.toString()))
  await settled()
  for (const event of ['a', 'b', 'c']) {
    send(bytes(event))
    await settled()
  }
  expect(read).toEqual([':\n\n', 'a', 'b', 'c'])
  readable.destroy()
})

it('gives a slow reader the newest, and keeps none of those in between', async () => {
  const { readable, send } = createEventStream()
  const { writable, read, take } = slowReader()
  readable.pipe(writable)
  const events = Array.from({ length: 1_000 }, (_, i) => bytes(String(i)))
  for (const event of events) {
    send(event)
    await settled()
  }
  expect(readable.readableLength + writable.writableLength).toBeLessThan(10)
  for (let i = 0; i < 5; i++) await take()
  expect(read.length).toBeLessThanOrEqual(4)
  expect(read.at(-1)).toBe('999')
  readable.destroy()
})

it('shares the bytes of an event', async () => {
  const { readable, send } = createEventStream()
  const event = bytes('a')
  const read: unknown[] = []
  readable.on('data', (chunk) => read.push(chunk))
  send(event)
  await settled()
  expect(read[0]).toBe(event)
  readable.destroy()
})

it('comments while nothing is sent, and ends when its reader takes nothing for a minute', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const { readable, send } = createEventStream()
  const { writable, read, take } = slowReader()
  readable.pipe(writable)
  await settled()
  await take()
  vi.advanceTimersByTime(12_000)
  await settled()
  await take()
  expect(read).toEqual([':\n\n', ':\n\n'])
  for (const event of ['a', 'b', 'c']) send(bytes(event))
  await settled()
  vi.advanceTimersByTime(48_000)
  expect(readable.destroyed).toBe(false)
  vi.advanceTimersByTime(24_000)
  expect(readable.destroyed).toBe(true)
  await settled()
  expect(vi.getTimerCount()).toBe(0)
})

it('says when to come back, not to all readers the same, before it sends them away', async () => {
  const streams = Array.from({ length: 20 }, createEventStream)
  const read = streams.map(({ readable }) => readable.setEncoding('utf8').toArray() as Promise<string[]>)
  await settled()
  for (const stream of streams) stream.sendAway()
  const ends = (await Promise.all(read)).map((chunks) => chunks.join('').replace(':\n\n', ''))
  for (const end of ends) expect(end).toMatch(/^retry: \d{3,4}\n\n$/)
  expect(new Set(ends).size).toBeGreaterThan(1)
})

it('that has ended sends nobody away again', async () => {
  const { readable, end, sendAway } = createEventStream()
  const failed = vi.fn()
  readable.on('error', failed)
  end()
  sendAway()
  expect(await readable.setEncoding('utf8').toArray()).toEqual([])
  expect(failed).not.toHaveBeenCalled()
})
