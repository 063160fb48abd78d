import { once } from 'node:events'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { listening, post, question, statusOf } from './http/listening-fixture.ts'
import { createStop } from './stop.ts'

const DRAIN_MS = 300
const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: localhost:4000\r\n\r\n`
const kept = (text: string) => text.replace('connection: close\r\n', '')

/** An API that listens, and can be told to stop. */
async function stoppable(drainMs = DRAIN_MS, close = () => Promise.resolve()) {
  const api = await listening()
  const { promise: exited, resolve } = Promise.withResolvers<number>()
  const exit = vi.fn(resolve)
  const endSubscriptions = vi.fn()
  const { http, draining } = api
  return {
    ...api,
    exit,
    exited,
    endSubscriptions,
    stop: createStop({ http, draining, drainMs, endSubscriptions, close, exit }),
  }
}

describe('an API that is told to stop', () => {
  it('fails /ready first, at once and whatever its parts say, and is alive', async () => {
    const { send, stop, exited } = await stoppable()
    stop.told()
    const ready = await send(get('/ready'))
    expect(statusOf(ready)).toBe(503)
    expect(JSON.parse(ready.split('\r\n\r\n')[1] ?? '')).toEqual({
      ready: false,
      parts: { api: { ok: false, message: 'this API is told to stop: ask another one' } },
      problems: null,
    })
    expect(statusOf(await send(get('/health')))).toBe(200)
    expect(await exited).toBe(0)
  })

  it('still answers, on connections that it has and on new ones, and closes each with its answer', async () => {
    const { open, send, stop, exited, endSubscriptions } = await stoppable()
    const { socket, answer } = await open()
    socket.write(kept(post(question)))
    await once(socket, 'data')
    stop.told()
    socket.write(kept(post(question)))
    // Two answers on one connection, which only the second closes.
    expect(
      (await answer).match(/HTTP\/1.1 200[^]*?\r\n\r\n/g)?.map((head) => /connection: close/i.test(head)),
    ).toEqual([false, true])
    expect(statusOf(await send(kept(post(question))))).toBe(200)
    expect(endSubscriptions).not.toHaveBeenCalled()
    expect(await exited).toBe(0)
    expect(endSubscriptions).toHaveBeenCalledOnce()
  })

  it('closes the connection of a request that it was answering already', async () => {
    const { open, http, draining } = await stoppable()
    const { socket, answer } = await open()
    http.once('request', draining.begin)
    socket.write(kept(post(question)))
    expect(await answer).toMatch(/^HTTP\/1.1 200[^]*connection: close/i)
  })

  it('takes no connection after that, and does not wait for one without a request', async () => {
    const { open, stop, exited, http } = await stoppable(0)
    const { socket, answer } = await open()
    socket.write(kept(post(question)))
    await once(socket, 'data')
    stop.told()
    expect(http.listening).toBe(false)
    expect(statusOf(await answer)).toBe(200)
    expect(await exited).toBe(0)
  })

  it('ends at once when it is told again', async () => {
    const { stop, exited, exit } = await stoppable(60_000)
    stop.told()
    expect(exit).not.toHaveBeenCalled()
    stop.told()
    expect(await exited).toBe(1)
  })

  it('ends when the requests in flight take too long', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const { stop, exit } = await stoppable(DRAIN_MS, () => new Promise(() => undefined))
    stop.told()
    vi.advanceTimersByTime(DRAIN_MS + 11_999)
    expect(exit).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(exit).toHaveBeenCalledExactlyOnceWith(1)
  })

  it('waits for no balancer when it cannot go on, or has not begun to listen', async () => {
    const unfit = await stoppable(60_000)
    unfit.stop.told()
    unfit.stop.now(1)
    expect(await unfit.exited).toBe(1)
    const early = await stoppable(60_000)
    await new Promise((resolve) => early.http.close(resolve))
    early.stop.told()
    expect(await early.exited).toBe(0)
  })
})
