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
  #committed = new Set<string>()

  /** The presences of these logins that are not known to be committed, each once. */
  missing(accepted: readonly AcceptedLogin[]): PresenceColumns {
    const seen = new Set<string>()
    const columns: PresenceColumns = { days: [], userIds: [] }
    for (const { login } of accepted) {
      const day = Math.floor(login.eventTimeMs / DAY_MS)
      const key = presenceKey(day, login.userId)
      if (this.#committed.has(key) || seen.has(key)) continue
      seen.add(key)
      columns.days.push(day)
      columns.userIds.push(login.userId)
    }
    return columns
  }

  /** To be called once the transaction that wrote them has committed. */
  remember({ days, userIds }: PresenceColumns): void {
    if (this.#committed.size + days.length > MAX_REMEMBERED) this.#committed.clear()
    days.forEach((day, i) => this.#committed.add(presenceKey(day, userIds[i] ?? '')))
  }
}

const presenceKey = (day: number, userId: string): string => `${day} ${userId}`
