import type { Plugin } from 'graphql-yoga'
import type { Actor } from '../context/actor.ts'
import type { Role } from '../../domain/access/role.ts'
import type { Sender } from '../context/context.ts'
import type { CountRefusal } from '../context/audit.ts'
import { noteCode, noteSender } from '../context/request-notes.ts'
import { RefusedIdentity } from '../context/refused-identity.ts'
import type { createAddressLimit } from '../limits/address-limit.ts'
import { TooManyAttempts } from '../limits/attempt-limits.ts'
import type { ClientAddress, Incoming } from '../limits/client-address.ts'
import type { createIdentityLimits } from '../limits/identity-limits.ts'
import type { CountLimited } from '../limits/limited.ts'
import { opensPage } from './graphql-requests.ts'
import { refusalBody } from './refusal-body.ts'

type Identify = (headers: Headers, address: string, method: string) => Promise<Actor>

export type IdentifyingLimits = {
  addressOf: ClientAddress
  ofAddress: ReturnType<typeof createAddressLimit>
  ofIdentity: ReturnType<typeof createIdentityLimits>
  limited: CountLimited
}

type IdentifiedRequests = Plugin<object, Incoming> & {
  /**
   * Who sent a request, and from which address.
   * @throws {Error} it passed by unidentified, which must not happen
   */
  senderOf: (request: Request) => Sender
  /** The roles of who sends a request that anyone may send; none, if nobody vouches for it. */
  rolesOf: (request: Request, incoming: Incoming) => Promise<readonly Role[]>
}

const RETRY_AFTER_S = 5

/**
 * Learns who sends a request before anything of its body is read, and refuses it otherwise; also if its address sent
 * too many, or too many whose sender was not known. The page of GraphiQL, in which somebody may enter a token, has
 * nothing to hide.
 * @param refused is told of requests that nobody vouches for, and of those that are not even looked into
 */
export function identifyRequests(
  identify: Identify,
  { addressOf, ofAddress, ofIdentity, limited }: IdentifyingLimits,
  refused: CountRefusal,
): IdentifiedRequests {
  const senders = new WeakMap<Request, Sender>()
  const identifySender = async ({ headers, method }: Request, address: string): Promise<Sender> => {
    const waitMs = ofIdentity.waitMs(headers, address)
    if (waitMs > 0) throw new TooManyAttempts(waitMs)
    try {
      const actor = await identify(headers, address, method)
      ofIdentity.proven(headers)
      return { actor, address }
    } catch (error) {
      if (error instanceof RefusedIdentity && error.code === 'UNAUTHENTICATED')
        ofIdentity.failed(headers, address)
      throw error
    }
  }
  return {
    async onRequest(hook) {
      const { request, url, fetchAPI, serverContext } = hook
      if (url.pathname !== '/graphql') return
      const refuse = ({ status, headers, body }: Answer) => {
        for (const { extensions } of body.errors) noteCode(extensions.code)
        hook.endResponse(fetchAPI.Response.json(body, { status, headers }))
      }
      const address = addressOf(serverContext.req)
      const waitMs = ofAddress.waitMs(address)
      if (waitMs > 0) {
        limited('address')
        refuse(rateLimited('too many requests come from your address', waitMs, { cap: ofAddress.perSecond }))
        return
      }
      if (opensPage(request)) return
      try {
        const sender = await identifySender(request, address)
        senders.set(request, sender)
        noteSender(sender.actor)
      } catch (error) {
        if (error instanceof TooManyAttempts) {
          limited('identity')
          refused(address, error)
          refuse(rateLimited(error.message, error.retryAfterMs))
        } else if (error instanceof RefusedIdentity) {
          refused(address, error)
          refuse(answers[error.code](error.message))
        } else throw error
      }
    },
    senderOf: (request) => {
      const sender = senders.get(request)
      if (sender === undefined) throw new Error('a request reached its context without an actor')
      return sender
    },
    rolesOf: async (request, { req }) => {
      try {
        return (await identifySender(request, addressOf(req))).actor.roles
      } catch (error) {
        if (error instanceof RefusedIdentity || error instanceof TooManyAttempts) return []
        throw error
      }
    },
  }
}

type Answer = { status: number; headers: Record<string, string>; body: ReturnType<typeof refusalBody> }

const rateLimited = (message: string, waitMs: number, details: { cap?: number } = {}): Answer => ({
  status: 429,
  headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) },
  body: refusalBody(message, 'RATE_LIMITED', { ...details, retryAfterMs: waitMs }),
})

/** https://datatracker.ietf.org/doc/html/rfc6750#section-3 */
const answers: Record<RefusedIdentity['code'], (message: string) => Answer> = {
  UNAUTHENTICATED: (message) => ({
    status: 401,
    headers: challenge('invalid_token', message),
    body: refusalBody(message, 'UNAUTHENTICATED'),
  }),
  FORBIDDEN: (message) => ({
    status: 403,
    headers: challenge('insufficient_scope', message),
    body: refusalBody(message, 'FORBIDDEN'),
  }),
  IDENTITY_UNAVAILABLE: (message) => ({
    status: 503,
    headers: { 'retry-after': String(RETRY_AFTER_S) },
    body: refusalBody(message, 'IDENTITY_UNAVAILABLE', { retryAfterMs: RETRY_AFTER_S * 1000 }),
  }),
}

/** Quotes and what is not ASCII may not be in a description. */
const challenge = (error: string, message: string) => ({
  'www-authenticate': `Bearer realm="rollcall", error="${error}", error_description="${message.replaceAll(/[^ !#-[\]-~]/g, "'")}"`,
})
