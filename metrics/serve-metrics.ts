import { createServer, type Server } from 'node:http'
import { collectDefaultMetrics, type Registry } from 'prom-client'

/**
 * Serves `/metrics` of a process, with what prom-client knows of Node.js, in the text format of Prometheus, over plain HTTP on a port of its own: loopback, or a
 * network that only Prometheus reaches.
 * @param collect brings up to date what is not counted as it happens
 * @param onFailure is told why metrics could not be collected; Prometheus then gets status 500
 * @throws {Error} EADDRINUSE if the port is taken
 */
export async function serveMetrics(
  registry: Registry,
  { host, port }: { host: string; port: number },
  collect: () => Promise<void>,
  onFailure: (error: unknown) => void,
): Promise<Server> {
  collectDefaultMetrics({ register: registry })
  const server = createServer((request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('only GET /metrics is served here\n')
      return
    }
    collect()
      .then(() => registry.metrics())
      .then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
        (error: unknown) => {
          onFailure(error)
          response
            .writeHead(500, { 'content-type': 'text/plain' })
            .end('metrics could not be collected: see the log\n')
        },
      )
  })
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  server.once('error', reject)
  server.listen(port, host, () => {
    resolve(undefined)
  })
  await promise
  return server
}
