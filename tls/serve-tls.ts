import { X509Certificate } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { createServer, type Server, type ServerOptions } from 'node:https'
import { readTlsFiles } from './tls-client.ts'
import { watchFiles } from './watch-files.ts'

/** The certificate of a server and its key, as paths of PEM files. */
export type ServerFiles = {
  cert: string
  key: string
  /** How messages name the settings. */
  settings: { cert: string; key: string }
}

type Options = ServerOptions & {
  /** Gets why a changed certificate is not taken; the server goes on with the one before. */
  refused: (message: string) => void
  /** Gets why clients will refuse the certificate that is used. */
  distrusted: (message: string) => void
  lookEveryMs?: number
}

/**
 * Makes an HTTPS server that takes a changed certificate for the connections that follow.
 * @throws {TlsProblem} the files cannot be used; the message names the setting
 */
export function createHttpsServer(
  files: ServerFiles,
  { refused, distrusted, lookEveryMs, ...options }: Options,
  listener: RequestListener,
): Server {
  const read = () => {
    const material = readTlsFiles(files)
    const problem = periodProblem(new X509Certificate(material.cert ?? ''), files.settings.cert, new Date())
    if (problem !== null) distrusted(problem)
    return material
  }
  const fixed = { minVersion: 'TLSv1.2' } as const
  const server = createServer({ ...options, ...fixed, ...read() }, listener)
  const endWatch = watchFiles(
    [files.cert, files.key],
    () => {
      try {
        server.setSecureContext({ ...fixed, ...read() })
      } catch (error) {
        refused(error instanceof Error ? error.message : String(error))
      }
    },
    lookEveryMs,
  )
  return server.once('close', endWatch)
}

/** Why a certificate is not valid now; null: it is. */
function periodProblem({ validFrom, validTo }: X509Certificate, setting: string, now: Date): string | null {
  if (new Date(validTo) < now) return `the certificate of ${setting} expired ${validTo}: replace the file`
  if (new Date(validFrom) > now)
    return `the certificate of ${setting} is not valid before ${validFrom}: replace the file, or set the clock`
  return null
}
