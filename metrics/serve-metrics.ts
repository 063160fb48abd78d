import { createServer, type Server } from 'node:http'
import { collectDefaultMetrics, type Registry } from 'prom-client'

type Told = { failed: (fields: { err: unknown }) => void; worked: () => void }

/** What the log says of metrics that cannot be collected. */
export const collectingWords = {
  level: 'warn',
  failing: 'metrics could not be collected',
  works: 'metrics are collected again',
} as const

/**
 * Serves `/metrics` of a process, with what prom-client knows of Node.js, in the text format of Prometheus, over plain HTTP on a port of its own: loopback, or a
 * network that only Prometheus reaches.
 * @param collect brings up to date what is not counted as it happens
 * @param told is told each time whether metrics could be collected; if not, Prometheus gets status 500
 * @throws {Error} EADDRINUSE if the port is taken
 */
export async function serveMetrics(
  registry: Registry,
  { host, port }: { host: string; port: number },
  collect: () => Promise<void>,
  told: Told,
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
        (text) => {
          told.worked()
          response.writeHead(200, { 'content-type': registry.contentType }).end(text)
        },
        (error: unknown) => {
          told.failed({ err: error })
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
