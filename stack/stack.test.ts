import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { freePort, HOST } from './processes/ports.ts'
import { backOffMs } from './processes/supervisor.ts'

test('a port that is taken is replaced by a free one, and no port is given out twice', async () => {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<number>()
  server.listen(0, HOST, () => {
    const address = server.address()
    resolve(typeof address === 'object' && address !== null ? address.port : 0)
  })
  const taken = await promise
  const ports = await Promise.all([freePort(taken), freePort(taken), freePort(0), freePort(0)])
  server.close()
  expect(ports).not.toContain(taken)
  expect(new Set(ports).size).toBe(ports.length)
})

test('restarts wait 1 s at first and never longer than 30 s', () => {
  expect([0, 1, 2, 3, 4, 5, 20].map(backOffMs)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
})
