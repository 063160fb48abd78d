import type { Role, RoleGroups } from '../../../domain/access/role.ts'
import type { Actor } from '../../context/actor.ts'
import { CSRF_HEADER } from '../../context/own-headers.ts'
import { RefusedIdentity, unauthenticated } from '../../context/refused-identity.ts'
import { rolesOf } from '../roles-of.ts'
import type { Cookies } from './session-cookie.ts'
import type { Session, SessionStore } from './session-store.ts'
import type { SignInMethod } from './sign-in-way.ts'

type Deps = {
  publicUrl: string
  cookies: Cookies
  store: SessionStore
  current: (session: Session) => Promise<Session | null>
  methodOf: (way: string) => SignInMethod
  roleGroups: RoleGroups
}

export type IdentifySession = {
  /** Whether a request says who it is by a cookie. */
  isBySession: (headers: Headers) => boolean
  /**
   * Who a request of a browser is from.
   * @throws {RefusedIdentity} its session has ended, or another page may have sent it
   */
  identify: (headers: Headers, method?: string) => Promise<Actor>
  /** Who is signed in in a browser that opens a page; null: nobody. */
  signedIn: (headers: Headers) => Promise<Actor | null>
}

export function identifySessions(deps: Deps): IdentifySession {
  const { publicUrl, cookies, store, current } = deps
  const find = async (headers: Headers): Promise<Session | null> => {
    const id = cookies.session(headers)
    const session = id === null ? null : await store.find(id)
    return session === null ? null : await current(session)
  }
  return {
    isBySession: (headers) => !headers.has('authorization') && cookies.session(headers) !== null,
    identify: async (headers, method) => {
      checkPage(headers, method, publicUrl)
      const session = await find(headers)
      if (session === null)
        throw unauthenticated(`your session has ended: sign in again at ${publicUrl}/sign-in`)
      const actor = actorOf(session, deps)
      if (actor.roles.length > 0) return actor
      throw new RefusedIdentity(
        'FORBIDDEN',
        'you have no role here any more: no group of yours is in ROLE_GROUPS; ask who runs this API for one',
      )
    },
    signedIn: async (headers) => {
      const session = await find(headers)
      return session === null ? null : actorOf(session, deps)
    },
  }
}

/**
 * A browser sends a cookie with whatever any page makes it send (CSRF). Our pages send a header of their own, which pages of
 * other origins can't without being allowed to. EventSource sends no such header; what the browser says of the page is enough
 * for its GET, which changes nothing.
 */
function checkPage(headers: Headers, method: string | undefined, publicUrl: string): void {
  const origin = headers.get('origin')
  if (origin !== null && origin !== publicUrl)
    throw new RefusedIdentity(
      'FORBIDDEN',
      `a session is for pages of ${publicUrl} only: send an access token`,
    )
  const isOwnGet = method === 'GET' && headers.get('sec-fetch-site') === 'same-origin'
  if (!isOwnGet && !headers.has(CSRF_HEADER))
    throw new RefusedIdentity(
      'FORBIDDEN',
      `a request that a cookie identifies needs the header ${CSRF_HEADER}: 1, which no other page can send`,
    )
}

export const rolesOfSession = ({ groups }: Session, roleGroups: RoleGroups): Role[] =>
  rolesOf(groups, roleGroups)

function actorOf(session: Session, { methodOf, roleGroups }: Deps): Actor {
  const { idHash, issuer, subject, name, signedInAt, idleEndsAt, endsAt, isRemembered } = session
  return {
    issuer,
    subject,
    name,
    roles: rolesOfSession(session, roleGroups),
    validUntilMs: endsAt.getTime(),
    session: {
      ...{ idHash, method: methodOf(session.way), mayCommand: !isRemembered },
      ...{ signedInAtMs: signedInAt.getTime(), idleEndsAtMs: idleEndsAt.getTime() },
    },
  }
}
