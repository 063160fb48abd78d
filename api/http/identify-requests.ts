import type { Plugin } from 'graphql-yoga'
import type { Actor } from '../context/actor.ts'
import { RefusedIdentity } from '../context/refused-identity.ts'
import type { ClientAddress, Incoming } from '../limits/client-address.ts'
import { opensPage } from './graphql-requests.ts'
import { refusalBody } from './refusal-body.ts'

type Identify = (headers: Headers, address: string, method: string) => Promise<Actor>

type IdentifiedRequests = Plugin<object, Incoming> & {
  /**
   * Who sent a request, and from which address.
   * @throws {Error} it passed by unidentified, which must not happen
   */
  senderOf: (request: Request) => Sender
}

type Sender = { actor: Actor; address: string }

const RETRY_AFTER_S = 5

/**
 * Learns who sends a request before anything of its body is read, and refuses it otherwise. The page of GraphiQL,
 * in which somebody may enter a token, has nothing to hide.
 */
export function identifyRequests(identify: Identify, addressOf: ClientAddress): IdentifiedRequests {
  const senders = new WeakMap<Request, Sender>()
  return {
    async onRequest(hook) {
      const { request, url, fetchAPI, serverContext } = hook
      if (url.pathname !== '/graphql' || opensPage(request)) return
      try {
        const address = addressOf(serverContext.req)
        senders.set(request, { address, actor: await identify(request.headers, address, request.method) })
      } catch (error) {
        if (!(error instanceof RefusedIdentity)) throw error
        const { status, headers, details } = answers[error.code](error.message)
        hook.endResponse(
          fetchAPI.Response.json(refusalBody(error.message, error.code, details), { status, headers }),
        )
      }
    },
    senderOf: (request) => {
      const sender = senders.get(request)
      if (sender === undefined) throw new Error('a request reached its context without an actor')
      return sender
    },
  }
}

type Answer = { status: number; headers: Record<string, string>; details?: object }

/** https://datatracker.ietf.org/doc/html/rfc6750#section-3 */
const answers: Record<RefusedIdentity['code'], (message: string) => Answer> = {
  UNAUTHENTICATED: (message) => ({ status: 401, headers: challenge('invalid_token', message) }),
  FORBIDDEN: (message) => ({ status: 403, headers: challenge('insufficient_scope', message) }),
  IDENTITY_UNAVAILABLE: () => ({
    status: 503,
    headers: { 'retry-after': String(RETRY_AFTER_S) },
    details: { retryAfterMs: RETRY_AFTER_S * 1000 },
  }),
}

/** Quotes and what is not ASCII may not be in a description. */
const challenge = (error: string, message: string) => ({
  'www-authenticate': `Bearer realm="rollcall", error="${error}", error_description="${message.replaceAll(/[^ !#-[\]-~]/g, "'")}"`,
})
