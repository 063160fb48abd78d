import { createServer, type Server } from 'node:http'
import { answerProbe, type ReadinessChecks } from '../probes/probes.ts'

/**
 * Serves `/health` and `/ready` of a worker, in the JSON of the API's. Problems of ingestion are the API's to say.
 * @throws when the port is taken
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
