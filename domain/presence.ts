import type { Login } from './login.ts'

/** Users seen on days (UTC, days since 1970-01-01), as parallel arrays. */
export type PresenceColumns = { days: number[]; userIds: string[] }

const DAY_MS = 86_400_000

/** Bounds the memory of a cache: about 100 bytes an entry. */
const MAX_REMEMBERED = 200_000

/**
 * The cache that all partitions of a process share: a user's logins are spread over them. Another start of Postgres may
 * lack what the one before had (a promoted replica, a restored copy), so it gets a new cache.
 */
export class SharedPresence {
  #serverStart = ''
  #cache = new PresenceCache()

  /** @param serverStart when the Postgres that a partition was claimed on was started, as it says itself */
  of(serverStart: string): PresenceCache {
    if (serverStart !== this.#serverStart) this.#cache = new PresenceCache()
    this.#serverStart = serverStart
    return this.#cache
  }
}

/**
 * Remembers which presences are committed, so that they are not written again. Presence is idempotent, so forgetting
 * is safe; remembering what is not committed is not.
 */
export class PresenceCache {
  readonly #committed = new Map<number, Set<string>>()
  #remembered = 0

  has = (day: number, userId: string): boolean => this.#committed.get(day)?.has(userId) === true

  /** Collects what a transaction has to write. */
  draft(): PresenceDraft {
    return new PresenceDraft(this)
  }

  /** To be called once the transaction that wrote them has committed. */
  remember({ days, userIds }: PresenceColumns): void {
    if (this.#remembered + days.length > MAX_REMEMBERED) {
      this.#committed.clear()
      this.#remembered = 0
    }
    days.forEach((day, i) => {
      if (addPresence(this.#committed, day, userIds[i] ?? '')) this.#remembered++
    })
  }
}

/** The presences of some logins that are not known to be committed, each once. */
export class PresenceDraft {
  readonly columns: PresenceColumns = { days: [], userIds: [] }
  readonly #cache: PresenceCache
  readonly #seen = new Map<number, Set<string>>()

  constructor(cache: PresenceCache) {
    this.#cache = cache
  }

  add({ eventTimeMs, userId }: Login): void {
    const day = Math.floor(eventTimeMs / DAY_MS)
    if (this.#cache.has(day, userId) || !addPresence(this.#seen, day, userId)) return
    this.columns.days.push(day)
    this.columns.userIds.push(userId)
  }
}

/** Returns whether it is new. */
function addPresence(presences: Map<number, Set<string>>, day: number, userId: string): boolean {
  const users = presences.get(day)
  if (users === undefined) presences.set(day, new Set([userId]))
  else if (users.has(userId)) return false
  else users.add(userId)
  return true
}
