import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

export const HOST = '127.0.0.1'

/**
 * Ports that this process has handed out, or found taken. Nothing may listen on them yet, and two callers must
 * not get the same one.
 */
const tried = new Set<number>()

/**
 * Below the ports that Linux (32768 and up) and macOS (49152 and up) give to outgoing connections: one of those
 * could take a port before a part listens on it, or while a part is down.
 */
const FIRST_PORT = 20_000
const LAST_PORT = 32_000

/** Returns `preferred` if it is free on loopback, else any free port. 0 asks for any port. */
export async function freePort(preferred: number): Promise<number> {
  for (let port = preferred; ; port = randomInt(FIRST_PORT, LAST_PORT)) {
    if (port === 0 || tried.has(port)) continue
    tried.add(port)
    if (await isFree(port)) return port
  }
}

export async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<boolean>()
  server.once('error', () => {
    resolve(false)
  })
  server.listen({ port, host: HOST }, () => {
    server.close(() => {
      resolve(true)
    })
  })
  return await promise
}
