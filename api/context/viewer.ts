import type { YogaInitialContext } from 'graphql-yoga'
import type { Viewer } from './audit.ts'
import type { RequestContext } from './context.ts'
import { requestError } from './request-error.ts'
import { safeText } from './safe-text.ts'

/** How much of x-request-id is kept: a UUID, or what a proxy makes. */
const KEPT_CHARACTERS = 100
const RETRY_AFTER_S = 5

/** A request, and who sent it. */
export type Viewing = Pick<RequestContext, 'viewer' | 'address'> & Pick<YogaInitialContext, 'request'>

/** Who sees the answer to a request. */
export const viewerOf = ({ viewer, address, request }: Viewing, by: Viewer['by']): Viewer => {
  const requestId = request.headers.get('x-request-id')
  return {
    ...{ actor: viewer, by, address },
    requestId: requestId === null ? null : safeText(requestId, KEPT_CHARACTERS),
  }
}

const AWAY = 'who looks at persons is audited here, and the audit cannot be written at the moment'
const advice: Record<Viewer['by'], string> = {
  query: 'ask again in a moment, or without persons',
  command:
    'the command was carried out or refused as ever, and only its answer is held back: controlEvents and auditEvents say what came of it',
  subscription: 'subscribe again in a moment, or without persons',
}

/** An answer about persons is held back, because the audit does not take it. */
export const unaudited = (by: Viewer['by']) =>
  requestError('AUDIT_UNAVAILABLE', `${AWAY}: ${advice[by]}`, {
    retryAfterMs: RETRY_AFTER_S * 1000,
    http: { status: 503, headers: { 'retry-after': String(RETRY_AFTER_S) } },
  })
