import type { ReplacedPool } from '../../../db/connection/replaced-pool.ts'
import { useOnce } from '../../../db/sessions/used-once.ts'
import type { Role } from '../../../domain/access/role.ts'
import type { CountRefusal } from '../../context/audit.ts'
import { type AttemptLimits, TooManyAttempts } from '../../limits/attempt-limits.ts'
import { ownUrl } from './own-path.ts'
import { PENDING_MS, type PendingSignIns } from './pending-sign-ins.ts'
import type { Cookies } from './session-cookie.ts'
import { hashOf, type SessionStore } from './session-store.ts'
import type { RecordSignIn } from './sign-in-events.ts'
import { type SignedIn, SignInRefused, type SignInWay } from './sign-in-way.ts'

/** Answers of providers that are being checked at a time; each may wait for the provider. */
const MOST_AT_ONCE = 32

/** Too many sign in at this moment. */
export class SignInBusy extends Error {
  readonly code = 'SIGN_IN_BUSY'
  override name = 'SignInBusy'
}

/** Where to send a browser, with headers Set-Cookie. */
export type Sent = { to: string; cookies: string[] }

/** Who asks: the headers of a request, and where it comes from. */
export type Asking = { headers: Headers; address: string }

export type SignInDeps = {
  publicUrl: string
  ways: ReadonlyMap<string, SignInWay>
  cookies: Cookies
  pending: PendingSignIns
  store: SessionStore
  primary: ReplacedPool
  rolesOf: (groups: readonly string[]) => Role[]
  limits: AttemptLimits
  /** Is told of attempts that are not made. */
  refused: CountRefusal
  record: RecordSignIn
}

export type SignIn = {
  /** @throws {SignInRefused} there is no such way */
  begin: (asking: Asking, way: string, to: string | null) => Promise<Sent>
  /** @throws {SignInRefused | SignInBusy | TooManyAttempts} */
  complete: (asking: Asking, way: string, answer: URL) => Promise<Sent>
  /** @throws {SignInRefused | SignInBusy | TooManyAttempts} */
  byPassword: (
    asking: Asking,
    way: string,
    given: { user: string; password: string; to: string | null },
  ) => Promise<Sent>
}

/** What browsers do to sign in. Whatever it throws besides the errors it names is a part that is away. */
export function createSignIn(deps: SignInDeps): SignIn {
  const { publicUrl, ways, cookies, pending, store, primary, limits, record } = deps
  let atOnce = 0

  const wayOf = <Kind extends SignInWay['kind']>(id: string, kind: Kind) => {
    const way = ways.get(id)
    if (way?.kind !== kind)
      throw new SignInRefused('there is no such way to sign in: choose one of those below')
    return way as Extract<SignInWay, { kind: Kind }>
  }
  const refused = (
    way: string,
    address: string,
    reason: string,
    person: Parameters<RecordSignIn>[0]['person'] = null,
  ) => record({ kind: 'signInRefused', way, person, address, reason })

  /** Makes an attempt within the limits, and has it in the audit if it is refused. */
  const attempt = async <T>(
    { address }: Asking,
    way: string,
    name: string | undefined,
    make: () => Promise<T>,
  ) => {
    if (atOnce >= MOST_AT_ONCE) {
      const busy = new SignInBusy('too many people sign in at this moment: try again')
      deps.refused(address, busy)
      throw busy
    }
    atOnce++
    try {
      const who = name === undefined ? { address } : { address, name }
      return await limits.attempt(who, make, (error) => error instanceof SignInRefused)
    } catch (error) {
      if (error instanceof SignInRefused)
        await refused(way, address, error.message, error.isOfKnownName ? (name ?? null) : null)
      if (error instanceof TooManyAttempts) deps.refused(address, error)
      throw error
    } finally {
      atOnce--
    }
  }
  const enter = async ({ headers, address }: Asking, way: SignInWay, person: SignedIn): Promise<string> => {
    const { issuer, subject, name } = person
    const who = { issuer, subject, name }
    if (deps.rolesOf(person.groups).length === 0) {
      const reason = `you are ${name} at ${issuer}, and no group of yours has a role here: ask who runs this API for one`
      await refused(way.id, address, reason, who)
      throw new SignInRefused(reason)
    }
    // What this browser was signed in with before ends, and the id that it had is never taken over (session fixation).
    const before = cookies.session(headers)
    if (before !== null) await store.end(hashOf(before))
    const id = await store.begin(way, person)
    if (!(await record({ kind: 'signedIn', way: way.id, person: who, address, reason: null }))) {
      await store.end(hashOf(id))
      throw new Error('the audit did not take a sign-in')
    }
    return cookies.keepSession(id)
  }
  return {
    begin: async ({ headers }, id, to) => {
      const way = wayOf(id, 'redirect')
      const { to: provider, state, pending: begun } = await way.begin()
      const bound = pending.bind(headers, state, { way: id, pending: begun, to: ownUrl(to, publicUrl) })
      return { to: provider.href, cookies: bound }
    },
    complete: async (asking, id, answer) => {
      const way = wayOf(id, 'redirect')
      const state = answer.searchParams.get('state') ?? ''
      const person = await attempt(asking, id, undefined, async () => {
        const begun = pending.take(asking.headers, state, id)
        // Before the provider is asked, which would end what the first use began.
        if (!(await primary.run((sql) => useOnce(sql, begun.hash, PENDING_MS))))
          throw new SignInRefused('this answer of your provider was used already: begin again')
        return { ...begun, signedIn: await way.complete(answer, begun.pending) }
      })
      return { to: person.to, cookies: [person.drop, await enter(asking, way, person.signedIn)] }
    },
    byPassword: async (asking, id, { user, password, to }) => {
      const way = wayOf(id, 'password')
      const person = await attempt(asking, id, user, () => {
        // Directories take a name without a password for nobody in particular, and let it in (RFC 4513, section 5.1.2).
        if (user === '' || password === '') throw new SignInRefused('give a name and a password')
        return way.check(user, password)
      })
      return { to: ownUrl(to, publicUrl), cookies: [await enter(asking, way, person)] }
    },
  }
}
