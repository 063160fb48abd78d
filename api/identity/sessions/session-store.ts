import { createHash, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { ReplacedPool } from '../../../db/connection/replaced-pool.ts'
import {
  deleteSession,
  findSessions,
  insertSession,
  type SessionLimits,
  type SessionRow,
  touchSessions,
} from '../../../db/sessions/browser-sessions.ts'
import { RefusedIdentity } from '../../context/refused-identity.ts'
import type { Seal } from './seal.ts'
import type { SignedIn, SignInWay } from './sign-in-way.ts'

/** While the primary is away, a session that it showed goes on for this long, for questions only. */
export const AWAY_MS = 60_000
/** A primary that did not answer is not asked again for this time. */
const ASK_AGAIN_MS = 2_000
const ID_BYTES = 32
/** Sessions that are remembered for when the primary is away; one takes some hundred bytes. */
const REMEMBERED = 10_000

/** A session that has not ended. */
export type Session = SessionRow & {
  /** Whether it is remembered, because the primary is away: it may have ended meanwhile. */
  isRemembered: boolean
}

export type SessionStore = {
  /** Begins a session under a new id, which only the browser gets to know. */
  begin: (way: SignInWay, person: SignedIn) => Promise<string>
  /**
   * @param id what a cookie says
   * @returns null: there is no such session, or it has ended
   * @throws {RefusedIdentity} the primary is away, and did not show it within the last minute
   */
  find: (id: string) => Promise<Session | null>
  /** The same for several at once, by the hashes of their ids. */
  findAll: (idHashes: readonly Buffer[]) => Promise<Session[]>
  /** Ends one, if it has not ended. */
  end: (idHash: Buffer) => Promise<void>
  /** Remembers a session no more, which has ended. */
  forget: (idHash: Uint8Array) => void
  /** Is told of every session that this API forgets, by its key. */
  onEnd: (listener: (key: string) => void) => void
}

/** What the cookie holds is nowhere else: who reads the database cannot use a session. */
export const hashOf = (id: string): Buffer => createHash('sha256').update(id).digest()

/** By what maps know a session. */
export const keyOf = (idHash: Uint8Array): string => Buffer.from(idHash).toString('base64')

/** Where the secret of a session is sealed for. */
export const placeOf = (idHash: Uint8Array): string => `session ${keyOf(idHash)}`

/**
 * Keeps sessions in Postgres.
 * @param groupsThatCount the groups that give roles: others are not kept
 * @param clock milliseconds
 * @param endPastLimits removes sessions that have ended by themselves
 */
export function createSessionStore(
  primary: ReplacedPool,
  seal: Seal,
  limits: SessionLimits,
  groupsThatCount: ReadonlySet<string>,
  clock: () => number,
  endPastLimits: () => Promise<void>,
): SessionStore {
  const remembered = new LRUCache<string, { session: SessionRow; seenAtMs: number }>({ max: REMEMBERED })
  const listeners: ((key: string) => void)[] = []
  let askAgainAtMs = -Infinity

  const ask = async (hashes: readonly Buffer[]): Promise<Session[]> => {
    if (clock() < askAgainAtMs) throw new Error('the primary was away a moment ago')
    try {
      const rows = await primary.run((sql) => findSessions(sql, hashes, limits))
      for (const hash of hashes) remembered.delete(keyOf(hash))
      for (const session of rows) remembered.set(keyOf(session.idHash), { session, seenAtMs: clock() })
      return rows.map((row) => ({ ...row, isRemembered: false }))
    } catch (error) {
      askAgainAtMs = clock() + ASK_AGAIN_MS
      throw error
    }
  }
  const recall = (hash: Buffer): Session | null => {
    const known = remembered.get(keyOf(hash))
    if (known === undefined || clock() - known.seenAtMs > AWAY_MS) return null
    const { session } = known
    return Math.min(session.endsAt.getTime(), session.idleEndsAt.getTime()) < clock()
      ? null
      : { ...session, isRemembered: true }
  }
  /** Beside the request: if it fails, the next one does it. */
  const touch = (sessions: readonly Session[]) => {
    const hashes = sessions.map(({ idHash }) => idHash)
    void primary.run((sql) => touchSessions(sql, hashes, limits)).catch(() => undefined)
  }
  const forget = (idHash: Uint8Array) => {
    remembered.delete(keyOf(idHash))
    for (const tell of listeners) tell(keyOf(idHash))
  }
  return {
    begin: async (way, person) => {
      const id = randomBytes(ID_BYTES).toString('base64url')
      const idHash = hashOf(id)
      const { secret, groups, ...rest } = person
      const sealed = secret === null ? null : seal.close(secret, placeOf(idHash))
      const counting = groups.filter((group) => groupsThatCount.has(group))
      await endPastLimits()
      await primary.run((sql) =>
        insertSession(sql, { ...rest, idHash, way: way.id, groups: counting, sealed }, limits),
      )
      return id
    },
    find: async (id) => {
      const hash = hashOf(id)
      try {
        const [session] = await ask([hash])
        if (session !== undefined) touch([session])
        return session ?? null
      } catch (error) {
        const session = recall(hash)
        if (session === null) throw unavailable(error)
        return session
      }
    },
    findAll: async (hashes) => {
      try {
        const sessions = await ask(hashes)
        touch(sessions)
        return sessions
      } catch {
        return hashes.flatMap((hash) => recall(hash) ?? [])
      }
    },
    end: async (idHash) => {
      try {
        await primary.run((sql) => deleteSession(sql, idHash))
      } finally {
        forget(idHash)
      }
    },
    forget,
    onEnd: (listener) => {
      listeners.push(listener)
    },
  }
}

const unavailable = (cause: unknown) =>
  Object.assign(
    new RefusedIdentity(
      'IDENTITY_UNAVAILABLE',
      'the database that knows who is signed in does not answer: ask again in a moment',
    ),
    { cause },
  )
