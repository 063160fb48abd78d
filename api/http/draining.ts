import type { IncomingMessage, ServerResponse } from 'node:http'

/** Whether an API has been told to stop, and what its answers say then. */
export type Draining = {
  begin: () => void
  /** Sees every request; returns whether it has answered it. */
  take: (request: IncomingMessage, response: ServerResponse) => boolean
}

/** In the shape of /ready (probes/probes.ts). No part is asked: a balancer is to know at once. */
const STOPPING = JSON.stringify({
  ready: false,
  parts: { api: { ok: false, message: 'this API is told to stop: ask another one' } },
  problems: null,
})

/**
 * From `begin` on /ready answers 503, all else is answered as before, and every answer closes its connection, so that
 * whoever keeps connections open has none left when the API stops to listen.
 */
export function createDraining(): Draining {
  const unanswered = new Set<ServerResponse>()
  let isBegun = false
  return {
    begin: () => {
      isBegun = true
      for (const response of unanswered) closeAfter(response)
    },
    take: (request, response) => {
      unanswered.add(response)
      response.once('close', () => unanswered.delete(response))
      if (!isBegun) return false
      closeAfter(response)
      if (request.url?.split('?')[0] !== '/ready') return false
      const length = Buffer.byteLength(STOPPING)
      response.writeHead(503, { 'content-type': 'application/json', 'content-length': length }).end(STOPPING)
      return true
    },
  }
}

function closeAfter(response: ServerResponse): void {
  const { socket, headersSent } = response
  if (headersSent) response.once('finish', () => socket?.end())
  else response.setHeader('connection', 'close')
}
