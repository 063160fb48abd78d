import type { AcceptedLogin } from './batch.ts'

/** Users seen on days (UTC, days since 1970-01-01), as parallel arrays. */
export type PresenceColumns = { days: number[]; userIds: string[] }

const DAY_MS = 86_400_000

/** Bounds the memory of a cache: about 100 bytes an entry. */
const MAX_REMEMBERED = 200_000

/**
 * Remembers which presences are committed, so that they are not written again. Presence is idempotent, so forgetting
 * is safe; remembering what is not committed is not. Lives as long as one claim of the partition.
 */
export class PresenceCache {
  readonly #committed = new Map<number, Set<string>>()
  #remembered = 0

  /** The presences of these logins that are not known to be committed, each once. */
  missing(accepted: readonly AcceptedLogin[]): PresenceColumns {
    const seen = new Map<number, Set<string>>()
    const columns: PresenceColumns = { days: [], userIds: [] }
    for (const { login } of accepted) {
      const day = Math.floor(login.eventTimeMs / DAY_MS)
      if (this.#committed.get(day)?.has(login.userId) === true) continue
      if (!addPresence(seen, day, login.userId)) continue
      columns.days.push(day)
      columns.userIds.push(login.userId)
    }
    return columns
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

/** Returns whether it is new. */
function addPresence(presences: Map<number, Set<string>>, day: number, userId: string): boolean {
  const users = presences.get(day)
  if (users === undefined) presences.set(day, new Set([userId]))
  else if (users.has(userId)) return false
  else users.add(userId)
  return true
}
