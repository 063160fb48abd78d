import { Agent, type BodyInit, buildConnector, fetch } from 'undici'
import { explainTls } from '../../tls/explain-tls.ts'
import { type TlsClient, tlsOptions } from '../../tls/tls-client.ts'

/** Asks a provider. A redirect and an answer that does not come in time are errors. */
export type ProviderFetch = (url: string, init?: ProviderRequest) => Promise<Response>

type ProviderRequest = {
  method?: string
  headers?: Record<string, string>
  body?: string | URLSearchParams | Uint8Array | ArrayBuffer | ReadableStream | null | undefined
  signal?: AbortSignal | undefined
}

/** A provider that does not answer in this time is away. */
const TIMEOUT_MS = 5_000

/**
 * Makes what asks OpenID providers. It follows no redirect, because places are configured, not told. The files of `tls` are
 * read anew for each connection.
 * @throws {Error} of the result: no answer; its message names the setting that is wrong, if one is
 */
export function createProviderFetch(tls: TlsClient): ProviderFetch {
  const dispatcher = new Agent({
    connect: (options, callback) => {
      try {
        const secured = options.protocol === 'https:' ? tlsOptions(tls, options.hostname) : {}
        buildConnector({ ...secured, timeout: TIMEOUT_MS })(options, callback)
      } catch (error) {
        callback(error as Error, null)
      }
    },
  })
  return async (url, { signal, body, ...init } = {}) => {
    const patience = AbortSignal.timeout(TIMEOUT_MS)
    try {
      return (await fetch(url, {
        ...init,
        ...(body == null ? {} : { body: body as BodyInit, duplex: 'half' }),
        redirect: 'error',
        signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
        dispatcher,
      })) as unknown as Response
    } catch (error) {
      throw new Error(`${url} does not answer: ${reasonOf(error, tls)}`, { cause: error })
    }
  }
}

/** fetch says why in the cause of its error. */
function reasonOf(error: unknown, tls: TlsClient): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return explainTls(cause, tls)?.message ?? (cause instanceof Error ? cause.message : String(cause))
}
