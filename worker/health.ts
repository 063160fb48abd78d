import pTimeout from 'p-timeout'
import { createServer, type Server } from 'node:http'

/** A part that the process needs: resolves when it answers, rejects with the reason when it does not. */
export type Check = () => Promise<unknown>

/** Longer than any healthy answer, shorter than a prober's patience. */
const CHECK_TIMEOUT_MS = 2_000

/**
 * Serves `/health` (the process is alive) and `/ready` (every part answers; 503 and the reasons otherwise) as JSON.
 * @throws when the port is taken
 */
export async function serveHealth(
  address: { host: string; port: number },
  checks: Record<string, Check>,
): Promise<Server> {
  const server = createServer((request, response) => {
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (request.url === '/health') send(200, { status: 'alive' })
    else if (request.url === '/ready') {
      void checkAll(checks).then((parts) => {
        send(Object.values(parts).every((part) => part === 'ok') ? 200 : 503, parts)
      })
    } else send(404, { error: 'only /health and /ready are served here' })
  })
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  server.once('error', reject)
  server.listen(address.port, address.host, () => {
    resolve(undefined)
  })
  await promise
  return server
}

async function checkAll(checks: Record<string, Check>): Promise<Record<string, string>> {
  const parts = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await outcome(check)] as const),
  )
  return Object.fromEntries(parts)
}

async function outcome(check: Check): Promise<string> {
  try {
    await pTimeout(check(), {
      milliseconds: CHECK_TIMEOUT_MS,
      message: `no answer within ${CHECK_TIMEOUT_MS} ms`,
    })
    return 'ok'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
