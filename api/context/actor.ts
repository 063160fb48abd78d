import { isUtf8 } from 'node:buffer'
import { type Role, roles } from '../../domain/access/role.ts'
import { safeText } from './safe-text.ts'

/** Who asks or commands. */
export type Actor = {
  /** Who vouches for it, such as the issuer of its token; null: nobody, which is so in local mode only. */
  issuer: string | null
  /** What the issuer knows it by, the same for ever. */
  subject: string
  /** What people call it. It may change, and two actors may have the same. */
  name: string
  roles: readonly Role[]
  /** From when on nobody vouches for it any more, Unix milliseconds; null: that has no end. */
  validUntilMs: number | null
  /** Of who signed in in a browser. */
  session?: BrowserSession
}

/** What a request may know of the session that it is of. */
export type BrowserSession = {
  /** SHA-256 of its id. */
  idHash: Buffer
  method: 'OPENID_CONNECT' | 'LDAP'
  /** Unix milliseconds. */
  signedInAtMs: number
  /** When it ends unless it is used, Unix milliseconds. */
  idleEndsAtMs: number
  /** Not while the primary is away: the session may have ended. */
  mayCommand: boolean
}

/** Longer texts are cut. */
export const MAX_NAME_CHARACTERS = 128

/**
 * Who a request of local mode says it comes from, 'anonymous' when it does not say. Anyone may claim to be
 * anyone, and may do everything.
 */
export function localActor(headers: Headers): Actor {
  const claimed = headers.get('x-rollcall-actor') ?? ''
  const name = safeText(textOfHeader(claimed).trim(), MAX_NAME_CHARACTERS)
  const subject = name === '' ? 'anonymous' : name
  return { issuer: null, subject, name: subject, roles, validUntilMs: null }
}

/** Node decodes the bytes of a header as Latin-1, but programs send UTF-8. */
function textOfHeader(header: string): string {
  const bytes = Buffer.from(header, 'latin1')
  return bytes.toString('latin1') === header && isUtf8(bytes) ? bytes.toString('utf8') : header
}
