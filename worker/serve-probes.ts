import { createServer, type RequestListener, type Server } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import { answerProbe, type ReadinessChecks } from '../probes/probes.ts'
import { createHttpsServer, type ServerFiles } from '../tls/serve-tls.ts'

/**
 * Serves `/health` and `/ready` of a worker, with the same JSON as the API's. `problems` is always null: the
 * API reports them.
 * @param refused gets why a changed certificate is not taken
 * @throws {Error} EADDRINUSE if the port is taken
 * @throws {TlsProblem} the certificate cannot be used
 */
export async function serveProbes(
  { host, port, tls }: { host: string; port: number; tls: ServerFiles | null },
  checks: ReadinessChecks,
  refused: (message: string) => void,
): Promise<Server | HttpsServer> {
  const answerRequest: RequestListener = (request, response) => {
    void answerProbe(request.url, checks, () => Promise.resolve(null)).then((answer) => {
      const { status, body } = answer ?? unknownPath
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  }
  const server =
    tls === null ? createServer(answerRequest) : createHttpsServer(tls, { refused }, answerRequest)
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  server.once('error', reject)
  server.listen(port, host, () => {
    resolve(undefined)
  })
  await promise
  return server
}

const unknownPath = { status: 404, body: { error: 'only /health and /ready are served here' } }
