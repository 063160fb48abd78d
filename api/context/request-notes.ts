import { AsyncLocalStorage } from 'node:async_hooks'
import type { Actor } from './actor.ts'

/** What is noted of a request for its line in the access log: never what it asks about persons, nor who they are. */
export type RequestNotes = {
  readonly fields: Set<string>
  readonly codes: Set<string>
  operation: string | null
  cost: number | null
  sender: Pick<Actor, 'issuer' | 'subject' | 'roles'> | null
  /** Is called when a subscription begins. */
  readonly subscribed: () => void
}

const notes = new AsyncLocalStorage<RequestNotes>()

/** Does `work`, all of which is for a request of which these notes are. */
export const withNotes = <T>(of: RequestNotes, work: () => T): T => notes.run(of, work)

/** The notes of the request that is answered here; undefined: it came by no port, or none are taken. */
export const notesHere = (): RequestNotes | undefined => notes.getStore()

/** Notes what a request costs of its rate. */
export function noteCost(cost: number): void {
  const of = notesHere()
  if (of !== undefined) of.cost = cost
}

/** Notes who sends a request. */
export function noteSender(sender: RequestNotes['sender']): void {
  const of = notesHere()
  if (of !== undefined) of.sender = sender
}

/** Notes that a subscription has begun. */
export const noteSubscription = (): void => {
  notesHere()?.subscribed()
}

/** Notes why a request is refused. */
export function noteCode(code: string): void {
  notesHere()?.codes.add(code)
}

/** All that is served; after a slash at the end comes the name of a way to sign in. */
const paths = [
  ...['/graphql', '/health', '/ready', '/sign-in', '/sign-out'],
  ...['/sign-in/back-channel-logout', '/sign-in/with/', '/sign-in/callback/'],
]

/**
 * The path of a URL if it is one of the API, without the name of a way. Anything else is a text of whoever sends it, and may be
 * about persons.
 */
export function knownPath(url: string | undefined): string | undefined {
  const [path = ''] = (url ?? '').split('?')
  return path === '/'
    ? path
    : paths.find((known) => path === known || (known.endsWith('/') && path.startsWith(known)))
}

const METHODS = new Set(['GET', 'POST', 'OPTIONS'])

/** The method of a request if it is one that is answered. Anything else is a text of whoever sends it. */
export const knownMethod = (method = ''): string | undefined => (METHODS.has(method) ? method : undefined)
