import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Part } from './parts/part.ts'
import { freePort, HOST } from './processes/ports.ts'
import { startOnFreePorts } from './start-on-free-ports.ts'

/** A part that does not come up on the ports in `failing`. */
function fakePart(port: number, failing: number[], events: string[]): Part {
  const ignore = () => undefined
  return {
    name: 'fake',
    start: async () => {
      await Promise.resolve()
      if (failing.includes(port)) throw new Error(`cannot start on ${port}`)
      events.push(`start ${port}`)
    },
    stop: async () => {
      await Promise.resolve()
      events.push(`stop ${port}`)
    },
    kill: () => Promise.resolve(),
    suspend: ignore,
    resume: ignore,
    onCrash: ignore,
  }
}

async function takePort(port: number): Promise<void> {
  const server = createServer()
  onTestFinished(() => {
    server.close()
  })
  const { promise, resolve } = Promise.withResolvers<undefined>()
  server.listen(port, HOST, () => {
    resolve(undefined)
  })
  await promise
}

test('a port that another process took first is replaced', async () => {
  const [first, second] = [await freePort(0), await freePort(0)]
  await takePort(first)
  const choices = [first, second]
  const events: string[] = []
  const ports = await startOnFreePorts(
    () => Promise.resolve([choices.shift() ?? 0]),
    ([port = 0]) => [fakePart(port, [first], events)],
  )
  expect(ports).toEqual([second])
  expect(events).toEqual([`stop ${first}`, `start ${second}`])
})

test('a part that fails on a free port is not tried again, and what was started with it is stopped', async () => {
  const [one, two] = [await freePort(0), await freePort(0)]
  const events: string[] = []
  const starting = startOnFreePorts(
    () => Promise.resolve([one, two]),
    (ports) => ports.map((port) => fakePart(port, [two], events)),
  )
  await expect(starting).rejects.toThrow(`cannot start on ${two}`)
  expect(events).toEqual([`start ${one}`, `stop ${one}`, `stop ${two}`])
})
