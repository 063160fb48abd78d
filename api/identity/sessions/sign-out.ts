import type { Cookies } from './session-cookie.ts'
import { hashOf, type SessionStore } from './session-store.ts'
import type { RecordSignIn } from './sign-in-events.ts'
import type { SignInWay } from './sign-in-way.ts'
import type { Asking, Sent } from './sign-in.ts'

type Deps = {
  publicUrl: string
  ways: ReadonlyMap<string, SignInWay>
  cookies: Cookies
  store: SessionStore
  record: RecordSignIn
}

/**
 * Ends the session of a browser, here and, if it wishes, at its provider, with what it goes on asking.
 * @returns where to send the browser
 * @throws {Error} the primary is away: the session has not ended
 */
export async function signOut(
  { publicUrl, ways, cookies, store, record }: Deps,
  { headers, address }: Asking,
  atProvider: boolean,
): Promise<Sent> {
  const home = { to: `${publicUrl}/sign-in`, cookies: [cookies.drop(cookies.sessionName)] }
  const id = cookies.session(headers)
  const session = id === null ? null : await store.find(id)
  if (id === null || session === null) return home
  const { issuer, subject, name } = session
  await store.end(hashOf(id))
  await record({
    kind: 'signedOut',
    way: session.way,
    person: { issuer, subject, name },
    address,
    reason: null,
  })
  const way = ways.get(session.way)
  const place = atProvider && way?.kind === 'redirect' ? await way.signOutAt(home.to).catch(() => null) : null
  return { ...home, to: place?.href ?? home.to }
}
