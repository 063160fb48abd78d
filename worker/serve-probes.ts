import { createServer, type Server } from 'node:http'
import { answerProbe, type ReadinessChecks } from '../probes/probes.ts'

/**
 * Serves `/health` and `/ready` of a worker, with the same JSON as the API's. `problems` is always null: the
 * API reports them.
 * @throws {Error} EADDRINUSE if the port is taken
 */
export async function serveProbes(
  address: { host: string; port: number },
  checks: ReadinessChecks,
): Promise<Server> {
  const server = createServer((request, response) => {
    void answerProbe(request.url, checks, () => Promise.resolve(null)).then((answer) => {
      const { status, body } = answer ?? unknownPath
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  server.once('error', reject)
  server.listen(address.port, address.host, () => {
    resolve(undefined)
  })
  await promise
  return server
}

const unknownPath = { status: 404, body: { error: 'only /health and /ready are served here' } }
