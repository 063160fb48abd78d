import type { Server } from 'node:http'
import { HOST } from '../../../stack/processes/ports.ts'
import { listen } from '../tls/listening.ts'

/** Serves a provider on loopback. Returns the issuer that it is there, and what stops it at once. */
export async function serveIssuer(http: Server): Promise<{ issuer: string; stop: () => Promise<void> }> {
  const issuer = `http://${HOST}:${await listen(http)}`
  const stop = () =>
    new Promise<void>((stopped) => {
      http.closeAllConnections()
      http.close(() => {
        stopped()
      })
    })
  return { issuer, stop }
}
