import { createServer } from 'node:net'

export const HOST = '127.0.0.1'

/**
 * Ports that this process has handed out. Nothing may listen on them yet, and two callers must not get the
 * same one.
 */
const promised = new Set<number>()

/** Returns `preferred` if it is free on loopback, else any free port. 0 asks for any port. */
export async function freePort(preferred: number): Promise<number> {
  if (preferred !== 0 && !promised.has(preferred) && (await tryListen(preferred)) !== null) {
    promised.add(preferred)
    return preferred
  }
  for (;;) {
    const port = await tryListen(0)
    if (port === null || promised.has(port)) continue
    promised.add(port)
    return port
  }
}

export const isFree = async (port: number): Promise<boolean> => (await tryListen(port)) !== null

async function tryListen(port: number): Promise<number | null> {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<number | null>()
  server.once('error', () => {
    resolve(null)
  })
  server.listen({ port, host: HOST }, () => {
    const address = server.address()
    server.close(() => {
      resolve(typeof address === 'object' && address !== null ? address.port : null)
    })
  })
  return await promise
}
