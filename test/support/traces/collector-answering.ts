import { createServer } from 'node:http'
import { onTestFinished } from 'vitest'
import type { TracingOptions } from '../../../tracing/options.ts'
import { listen } from '../tls/listening.ts'

/** Options that send to a URL, and sample everything. */
export const optionsTo = (url: string, changed: Partial<TracingOptions> = {}): TracingOptions => ({
  url,
  headers: () => ({}),
  tls: {
    ...{ ca: null, cert: null, key: null, serverName: null },
    settings: { address: 'A', ca: 'CA', cert: 'CERT', key: 'KEY', otherName: 'O', off: 'OFF' },
  },
  service: null,
  resource: {},
  sampler: { kind: 'parentbased_always_on', ratio: 1 },
  perSecond: 10_000,
  ...changed,
})

/** A server whose answers have a status; null: it never answers. */
export async function collectorAnswering(
  status: () => number | null,
): Promise<{ url: string; requests: () => number }> {
  let requests = 0
  const server = createServer((request, response) => {
    requests++
    request.resume()
    const answer = status()
    if (answer !== null) request.on('end', () => response.writeHead(answer).end())
  })
  const port = await listen(server)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    requests: () => requests,
  }
}
