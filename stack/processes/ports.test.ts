import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { freePort, HOST } from './ports.ts'

/** The first port that Linux gives to an outgoing connection. */
const FIRST_OUTGOING_PORT = 32_768

test('no outgoing connection can take a port that was found free', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort(0)))
  expect(Math.max(...ports)).toBeLessThan(FIRST_OUTGOING_PORT)
  expect(Math.min(...ports)).toBeGreaterThan(1024)
})

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
