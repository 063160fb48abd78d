import { randomUUID } from 'node:crypto'
import type { AuditActor, AuditEvent } from '../../../domain/audit/audit-event.ts'
import type { Role } from '../../../domain/access/role.ts'
import { MAX_NAME_CHARACTERS } from '../../context/actor.ts'
import type { Audit } from '../../context/audit.ts'
import { safeText } from '../../context/safe-text.ts'

/** What the audit has of sign-ins. Nothing in it is a token or a part of one. */
export type SignInEvent = Happening | RolesChanged

/** In mid-session. */
type RolesChanged = {
  kind: 'rolesChanged'
  person: Person
  before: readonly Role[]
  after: readonly Role[]
}

type Person = { issuer: string; subject: string; name: string }

type Happening = {
  kind: 'signedIn' | 'signInRefused' | 'signedOut' | 'endedByProvider'
  /** The id of the way by which somebody signed in, or would have. */
  way: string
  /** Whom it is about; as text: who they say they are. Null: nobody knows. */
  person: Person | string | null
  /** Where from, as ClientAddress has it; null: not from a browser. */
  address: string | null
  /** Why it was refused or ended; null: that is what somebody wanted. */
  reason: string | null
}

/** @returns whether the audit has it */
export type RecordSignIn = (event: SignInEvent) => Promise<boolean>

/** @param clock Unix milliseconds */
export const signInAudit =
  (audit: Audit, clock: () => number): RecordSignIn =>
  (event) =>
    audit.record(auditedAs(event, clock()))

function auditedAs(happened: SignInEvent, nowMs: number): AuditEvent {
  const event = { id: randomUUID(), at: new Date(nowMs).toISOString(), actor: actorOf(happened.person) }
  if (happened.kind === 'rolesChanged') {
    const { before, after } = happened
    return { ...event, kind: 'roles_changed', result: 'done', detail: { before, after } }
  }
  const { kind, way, address, reason } = happened
  if (kind === 'signedIn' || kind === 'signInRefused') {
    const result = kind === 'signedIn' ? 'done' : 'refused'
    const refusal = reason === null ? {} : { refusal: reason }
    return { ...event, kind: 'sign_in', result, detail: { provider: way, address, ...refusal } }
  }
  const by = kind === 'signedOut' ? 'user' : 'provider'
  const facts = { ...(address === null ? {} : { address }), ...(reason === null ? {} : { reason }) }
  return { ...event, kind: 'sign_out', result: 'done', detail: { provider: way, by, facts } }
}

const UNKNOWN = 'unknown'

function actorOf(person: SignInEvent['person']): AuditActor {
  if (typeof person === 'object' && person !== null) return { ...person, verified: true }
  const name = safeText(person ?? UNKNOWN, MAX_NAME_CHARACTERS)
  return { issuer: null, subject: name, name, verified: false }
}
