import { request } from 'node:https'
import { explainTls } from '../../tls/explain-tls.ts'
import { tlsOptions } from '../../tls/tls-client.ts'
import type { TokenClient } from '../../config/wires.ts'

/** A token is asked for anew this long before it expires, so that it is still good when a broker looks at it. */
const EARLY_MS = 30_000
const TIMEOUT_MS = 5_000
const ANSWER_MAX_BYTES = 64 * 1024

type Token = { value: string; expiresMs: number }

/**
 * Returns a function that gives an access token of the client credentials grant, the same one for as long as it is good. Callers
 * at the same time share one request.
 * @throws {Error} the endpoint gives none; the message names the setting and holds no secret
 */
export function createTokens(client: TokenClient, clock: () => number = Date.now): () => Promise<string> {
  let kept: Promise<Token> | null = null
  return async () => {
    const token = await kept
    if (token !== null && clock() < token.expiresMs - EARLY_MS) return token.value
    const asked = (kept = ask(client, clock()))
    asked.catch(() => {
      if (kept === asked) kept = null
    })
    return (await asked).value
  }
}

async function ask(client: TokenClient, nowMs: number): Promise<Token> {
  const { status, body } = await post(client)
  const answer = parse(body)
  if (status !== 200 || typeof answer.access_token !== 'string')
    throw new Error(
      `the token endpoint answers with status ${status}${reasonOf(answer)}: correct KAFKA_OAUTHBEARER_CLIENT_ID, ` +
        `${client.clientSecret.setting}, KAFKA_OAUTHBEARER_SCOPE or KAFKA_OAUTHBEARER_TOKEN_ENDPOINT_URL`,
    )
  const seconds = Number(answer.expires_in)
  return {
    value: answer.access_token,
    expiresMs: nowMs + (Number.isFinite(seconds) ? seconds * 1_000 : 0),
  }
}

type Answer = { access_token?: unknown; expires_in?: unknown; error?: unknown }

function parse(body: string): Answer {
  try {
    const answer: unknown = JSON.parse(body)
    return typeof answer === 'object' && answer !== null ? answer : {}
  } catch {
    return {}
  }
}

/** The error code of the answer, such as invalid_client (RFC 6749, section 5.2); nothing else of it is repeated. */
const reasonOf = ({ error }: Answer): string =>
  typeof error === 'string' && /^\w{1,64}$/.test(error) ? ` (${error})` : ''

async function post({ endpoint, clientId, clientSecret, scope, tls }: TokenClient) {
  const url = new URL(endpoint)
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>()
  // Each part is encoded as in a form before it becomes a user or a password (RFC 6749, section 2.3.1).
  const user = [clientId, clientSecret.read()].map(encodeURIComponent).join(':')
  const sending = request(
    url,
    {
      ...tlsOptions(tls, url.hostname),
      method: 'POST',
      agent: false,
      timeout: TIMEOUT_MS,
      headers: {
        authorization: `Basic ${Buffer.from(user).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
    },
    (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
        if (body.length > ANSWER_MAX_BYTES) sending.destroy(new Error('it answers with too much'))
      })
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body })
      })
      response.on('error', reject)
    },
  )
  sending.on('timeout', () => sending.destroy(new Error('it does not answer')))
  sending.on('error', (error) => {
    const why = explainTls(error, tls)?.message ?? error.message
    reject(new Error(`the token endpoint gives no token: ${why} (KAFKA_OAUTHBEARER_TOKEN_ENDPOINT_URL)`))
  })
  const form = { grant_type: 'client_credentials', ...(scope === null ? {} : { scope }) }
  sending.end(new URLSearchParams(form).toString())
  return await promise
}
