import { Agent, EnvHttpProxyAgent, fetch } from 'undici'
import type { CommandLineConfig } from '../config/command-line.ts'
import { exitCodes, type ExitCode } from './exit-codes.ts'

/** The API did not do what was asked. `message` is one line that says what to do. */
export class ApiFailure extends Error {
  override name = 'ApiFailure'
  readonly exitCode: ExitCode
  /** That of the API's error; null: there is none. */
  readonly code: string | null

  constructor(
    message: string,
    { exitCode, code = null, cause }: { exitCode: ExitCode; code?: string | null; cause?: unknown },
  ) {
    super(message, { cause })
    this.exitCode = exitCode
    this.code = code
  }
}

export type Api = {
  /**
   * Sends a document and returns `data` without what errors left out.
   * @throws {ApiFailure}
   */
  ask: (document: string, variables?: Record<string, unknown>) => Promise<Record<string, unknown>>
  /** What `/ready` says of the parts of the API; null: nothing that can be used. */
  ready: () => Promise<Record<string, { ok: boolean; message?: string }> | null>
}

/** Longer than the API takes for a command: it waits ten seconds for its workflow, then looks for two why it does not answer. */
const TIMEOUT_MS = 20_000

/** Makes a client of the API. A proxy is used as the environment says, but never to this machine. */
export function createApi({ url, isLoopback, token, ca, user }: CommandLineConfig): Api {
  const tls = ca === null ? {} : { ca }
  const dispatcher = isLoopback
    ? new Agent({ connect: tls })
    : new EnvHttpProxyAgent({ connect: tls, requestTls: tls })
  const who: Record<string, string> =
    token === null
      ? { 'x-rollcall-actor': user.replaceAll(/[^\x21-\x7e]/g, '?') }
      : { authorization: `Bearer ${token}` }
  const send = async (
    path: string,
    init: { method: string; headers?: Record<string, string>; body?: string },
  ) => {
    const response = await fetch(`${url}${path}`, {
      ...init,
      headers: { ...init.headers, ...who },
      dispatcher,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return { status: response.status, body: (await response.json()) as Answer }
  }
  return {
    ask: async (document, variables = {}) => {
      try {
        const { body } = await send('/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
          body: JSON.stringify({ query: document, variables }),
        })
        const [error] = body.errors ?? []
        if (error !== undefined) throw refusal(error)
        if (body.data == null) throw new SyntaxError('no data')
        return body.data
      } catch (error) {
        if (error instanceof ApiFailure) throw error
        throw new ApiFailure(noAnswer(url, error), { exitCode: exitCodes.unknown, cause: error })
      }
    },
    ready: async () => {
      try {
        const { body } = await send('/ready', { method: 'GET' })
        return body.parts ?? null
      } catch {
        return null
      }
    },
  }
}

type Answer = {
  data?: Record<string, unknown> | null
  errors?: { message: string; extensions?: { code?: string } }[]
  parts?: Record<string, { ok: boolean; message?: string }>
}

const refusal = ({ message, extensions }: NonNullable<Answer['errors']>[number]) => {
  const code = extensions?.code ?? null
  const hint =
    code === 'GRAPHQL_VALIDATION_FAILED'
      ? ': this API is of another version of Rollcall than this command'
      : code === 'UNAUTHENTICATED'
        ? ' (ROLLCALL_TOKEN_FILE names the file with a token)'
        : ''
  return new ApiFailure(`${message}${hint}`, { exitCode: exitCodes.unknown, code })
}

function noAnswer(url: string, error: unknown): string {
  const { name, code, message } = innermost(error)
  if (name === 'TimeoutError') return `the API at ${url} did not answer within ${TIMEOUT_MS / 1_000} s`
  if (name === 'SyntaxError') return `what answers at ${url} is no API of Rollcall: correct ROLLCALL_URL`
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND')
    return `no API answers at ${url} (${code}): start one, or set ROLLCALL_URL`
  if (/^(UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/.test(code))
    return `nobody who is trusted says who answers at ${url} (${code}): set ROLLCALL_CA_FILE to the CA of the API`
  return `no API answers at ${url} (${code === '' ? message : code}): correct ROLLCALL_URL, or see why`
}

/** undici says "fetch failed", and its cause why. */
function innermost(error: unknown): { name: string; code: string; message: string } {
  if (!(error instanceof Error)) return { name: '', code: '', message: String(error) }
  const { cause } = error
  if (cause instanceof AggregateError) return innermost(cause.errors[0])
  if (cause instanceof Error) return innermost(cause)
  const { code } = error as NodeJS.ErrnoException
  return { name: error.name, code: typeof code === 'string' ? code : '', message: error.message }
}
