import { createHash } from 'node:crypto'
import type { Cookies } from './session-cookie.ts'
import type { Seal } from './seal.ts'
import { SignInRefused } from './sign-in-way.ts'

/** How long somebody may take at their provider. */
const PENDING_S = 600
/** Tabs of a browser that sign in at a time; the cookies of more would not fit into its requests. */
const MOST = 3
const PLACE = 'pending sign-in'

export type Pending = { way: string; pending: string; to: string; untilMs: number }

export type PendingSignIns = {
  /** The headers Set-Cookie that bind a sign-in to the browser of a request. */
  bind: (headers: Headers, state: string, begun: Omit<Pending, 'untilMs'>) => string[]
  /**
   * The sign-in that this browser began with a state, and the header that drops its cookie.
   * @throws {SignInRefused} it began none, or too long ago
   */
  take: (headers: Headers, state: string, way: string) => Pending & { drop: string; hash: Buffer }
}

/**
 * Keeps sign-ins that are begun in cookies of the browsers that began them, sealed: what strangers begin takes no space here,
 * and what comes back to another browser finds nothing.
 * @param clock Unix milliseconds
 */
export function createPendingSignIns(cookies: Cookies, seal: Seal, clock: () => number): PendingSignIns {
  return {
    bind: (headers, state, begun) => {
      const before = cookies.pending(headers)
      const tooMany = before.length < MOST ? [] : before
      const text = JSON.stringify({ ...begun, untilMs: clock() + PENDING_S * 1000 } satisfies Pending)
      const value = seal.close(text, PLACE).toString('base64url')
      return [
        ...tooMany.map(({ name }) => cookies.drop(name)),
        cookies.keepPending(cookies.pendingName(keyOf(state)), value, PENDING_S),
      ]
    },
    take: (headers, state, way) => {
      const name = cookies.pendingName(keyOf(state))
      const cookie = cookies.pending(headers).find((one) => one.name === name)
      const text = cookie === undefined ? null : seal.open(Buffer.from(cookie.value, 'base64url'), PLACE)
      const pending = text === null ? null : (JSON.parse(text) as Pending)
      if (pending?.way !== way || pending.untilMs < clock())
        throw new SignInRefused(
          `this browser began no such sign-in within the last ${PENDING_S / 60} minutes: begin again, and let it take cookies`,
        )
      return { ...pending, drop: cookies.drop(name), hash: hashOf(state) }
    },
  }
}

/** How long an answer could be used a second time. */
export const PENDING_MS = PENDING_S * 1000

const hashOf = (state: string) => createHash('sha256').update(`sign-in ${state}`).digest()
const keyOf = (state: string) => hashOf(state).toString('base64url').slice(0, 16)
