import { createServer, type RequestListener, type Server } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import { isOwn, nameOf } from '../probes/own-host.ts'
import { createProbes, type ReadinessChecks, readinessWords } from '../probes/probes.ts'
import { setSecurityHeaders } from '../probes/security-headers.ts'
import { cannotListen } from '../config/cannot-listen.ts'
import type { Logger } from '../config/logger.ts'
import { isLoopback } from '../config/loopback.ts'
import { repeatedFault } from '../config/repeated-fault.ts'
import { createHttpsServer, type ServerFiles } from '../tls/serve-tls.ts'

/**
 * Serves `/health` and `/ready` of a worker, with the same JSON as the API's. `problems` is always null: the
 * API reports them. Who reaches the worker from another machine, or by another name (DNS rebinding), learns which
 * parts answer and nothing else; the log has the rest.
 * @throws {CannotListen}
 * @throws {TlsProblem} the certificate cannot be used
 */
export async function serveProbes(
  { host, port, tls }: { host: string; port: number; tls: ServerFiles | null },
  checks: ReadinessChecks,
  log: Logger,
): Promise<Server | HttpsServer> {
  const probes = createProbes(checks, () => Promise.resolve(null), repeatedFault(log, readinessWords))
  const refused = (error: string) => {
    log.error({ error }, 'the worker goes on with the certificate that it had')
  }
  const distrusted = (error: string) => {
    log.error({ error }, 'clients refuse the certificate of this worker')
  }
  const answerRequest: RequestListener = (request, response) => {
    const { host: name = '' } = request.headers
    const mayKnow = isLoopback(host) && (name === '' || isOwn(nameOf(`http://${name}`)))
    setSecurityHeaders(response, name, tls !== null)
    void probes(request.url, () => Promise.resolve(mayKnow)).then((answer) => {
      const { status, body } = answer ?? unknownPath
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  }
  const server =
    tls === null
      ? createServer(answerRequest)
      : createHttpsServer(tls, { refused, distrusted }, answerRequest)
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  server.once('error', (error) => {
    reject(cannotListen(error, { host, port, settings: { host: 'WORKER_HOST', port: 'WORKER_PORT' } }))
  })
  server.listen(port, host, () => {
    resolve(undefined)
  })
  await promise
  return server
}

const unknownPath = { status: 404, body: { error: 'only /health and /ready are served here' } }
