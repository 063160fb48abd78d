import type { ActiveServiceToken } from '../../../db/access/service-tokens.ts'
import { RefusedIdentity } from '../../context/refused-identity.ts'
import { createRereading } from './rereading.ts'

/** Tokens that were read longer ago than this are read again beside the request that uses one. */
const REFRESH_MS = 2_000
/** No token is taken by what was read longer ago, unless the primary is away. A revocation counts everywhere within this time. */
export const FRESH_MS = 4_000
/** While the primary is away, known tokens go on for this long after they were read. */
export const KEPT_MS = 60_000
/** How long a primary that is away is not asked again. */
const AWAY_MS = 2_000

export type KnownTokens = {
  /**
   * The token with this hash; null: there is none, or it was revoked or has expired.
   * @throws {RefusedIdentity} the primary is away, and the token is not known or was read too long ago
   */
  find(hash: Buffer): Promise<ActiveServiceToken | null>
  /** Takes a token that was just made. */
  add(token: ActiveServiceToken): void
  /** Takes a token no more, whatever is read of it, and ends what watches it. */
  revoke(id: bigint): void
  /** Calls `end` once the token is taken no more, unless what is returned was called before. */
  watch(id: bigint, end: () => void): () => void
}

type Clocks = {
  /** Unix milliseconds. */
  now: () => number
  /** Milliseconds that no correction of the clock moves. */
  elapsed: () => number
}

/**
 * The tokens that may be taken, in memory: there are some hundreds at most, so that all are read together, and a flood
 * of made-up tokens asks the primary no more often than a single one.
 * @param read reads all of them from the primary
 */
export function createKnownTokens(
  read: () => Promise<ActiveServiceToken[]>,
  { now, elapsed }: Clocks,
): KnownTokens {
  let known = new Map<string, ActiveServiceToken>()
  let readAtMs = -Infinity
  let failedAtMs = -Infinity
  let failure: string | null = null
  const revoked = new Set<bigint>()
  const watchers = new Map<bigint, Set<() => void>>()
  let timer: NodeJS.Timeout | null = null

  const take = (tokens: readonly ActiveServiceToken[]) => {
    known = new Map(tokens.filter(({ id }) => !revoked.has(id)).map((token) => [keyOf(token.hash), token]))
    const ids = new Set(tokens.map(({ id }) => id))
    for (const id of watchers.keys()) if (!ids.has(id)) endWatchers(id)
  }
  const readAnew = createRereading(async () => {
    const startedAtMs = elapsed()
    try {
      take(await read())
      readAtMs = startedAtMs
      failure = null
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error)
      failedAtMs = elapsed()
    }
  })
  const isAway = () => failure !== null && elapsed() - failedAtMs < AWAY_MS
  const endWatchers = (id: bigint) => {
    for (const end of watchers.get(id) ?? []) end()
  }
  // Only while somebody watches: nothing else needs to hear of a revocation before it is asked.
  const look = () => {
    timer = setTimeout(() => {
      void (isAway() ? Promise.resolve() : readAnew()).then(() => {
        if (elapsed() - readAtMs >= KEPT_MS) for (const id of watchers.keys()) endWatchers(id)
        if (watchers.size > 0) look()
        else timer = null
      })
    }, REFRESH_MS).unref()
  }
  const valid = (key: string): ActiveServiceToken | null => {
    const token = known.get(key)
    return token !== undefined && token.expires_at.getTime() > now() ? token : null
  }

  return {
    async find(hash) {
      const key = keyOf(hash)
      const ageMs = elapsed() - readAtMs
      const token = valid(key)
      if (token !== null && ageMs < FRESH_MS) {
        if (ageMs >= REFRESH_MS && !isAway()) void readAnew()
        return token
      }
      if (!isAway()) await readAnew()
      if (failure === null) return valid(key)
      const kept = valid(key)
      if (kept !== null && elapsed() - readAtMs < KEPT_MS) return kept
      throw away()
    },
    add(token) {
      known.set(keyOf(token.hash), token)
    },
    revoke(id) {
      revoked.add(id)
      for (const [key, token] of known) if (token.id === id) known.delete(key)
      endWatchers(id)
    },
    watch(id, end) {
      const ends = watchers.get(id) ?? new Set()
      watchers.set(id, ends.add(end))
      if (revoked.has(id)) end()
      if (timer === null) look()
      return () => {
        ends.delete(end)
        if (ends.size === 0 && watchers.get(id) === ends) watchers.delete(id)
      }
    },
  }
}

const keyOf = (hash: Buffer) => hash.toString('base64')

const away = () =>
  new RefusedIdentity(
    'IDENTITY_UNAVAILABLE',
    'the database that knows the service tokens does not answer: ask again in a moment',
  )
