import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { freePort, HOST, isFree } from './ports.ts'

/** The first port that Linux gives to an outgoing connection. */
const FIRST_OUTGOING_PORT = 32_768

test('no outgoing connection can take a port that was found free, and no port is found twice', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort(0)))
  expect(new Set(ports).size).toBe(50)
  expect(Math.max(...ports)).toBeLessThan(FIRST_OUTGOING_PORT)
  expect(Math.min(...ports)).toBeGreaterThan(1024)
})

test('a preferred port that something listens on is replaced by a free one', async () => {
  const preferred = await freePort(0)
  const server = createServer()
  onTestFinished(() => {
    server.close()
  })
  const { promise, resolve } = Promise.withResolvers<undefined>()
  server.listen(preferred, HOST, () => {
    resolve(undefined)
  })
  await promise
  expect(await isFree(preferred)).toBe(false)
  const other = await freePort(preferred)
  expect(other).not.toBe(preferred)
  expect(await isFree(other)).toBe(true)
})
