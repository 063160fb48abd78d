import type { AcceptedLogin } from '../login/record.ts'
import type { Login } from '../login/login.ts'

/** Logins of a partition since its last complete insight. The checkpoint row keeps them between batches. */
export type UnfinishedInsight = {
  size: number
  /** Decimal offset; null while there is no login. */
  firstOffset: string | null
  lastOffset: string | null
  /** Unix milliseconds of the earliest and the latest login; null while there is none. */
  startMs: number | null
  endMs: number | null
  deviceTypes: Record<string, number>
  locales: Record<string, number>
  users: Record<string, number>
}

export type Insight = { firstOffset: bigint; lastOffset: bigint; body: string }

export const emptyInsight = (): UnfinishedInsight => ({
  size: 0,
  firstOffset: null,
  lastOffset: null,
  startMs: null,
  endMs: null,
  // The objects have no prototype, because `__proto__` is a possible user id.
  deviceTypes: Object.create(null) as Record<string, number>,
  locales: Object.create(null) as Record<string, number>,
  users: Object.create(null) as Record<string, number>,
})

/**
 * Continues an unfinished insight over the next logins of the partition. Every `size` logins complete an
 * insight. `unfinished` is not changed.
 * @param size logins per insight; 0 makes none
 */
export function advanceInsight(
  unfinished: UnfinishedInsight,
  accepted: readonly AcceptedLogin[],
  size: number,
): { insights: Insight[]; unfinished: UnfinishedInsight } {
  if (size === 0) return { insights: [], unfinished: emptyInsight() }
  const insights: Insight[] = []
  let current = Tally.continuing(unfinished)
  for (const { offset, login } of accepted) {
    current.add(offset, login)
    if (current.size < size) continue
    insights.push(current.complete())
    current = Tally.continuing(emptyInsight())
  }
  return { insights, unfinished: current.unfinished() }
}

/** Counts the logins of one insight in maps, because objects with thousands of user ids as keys are slow. */
class Tally {
  size = 0
  #firstOffset: bigint | null = null
  #lastOffset: bigint | null = null
  #startMs = Infinity
  #endMs = -Infinity
  #deviceTypes = new Map<string, number>()
  #locales = new Map<string, number>()
  #users = new Map<string, number>()

  static continuing(insight: UnfinishedInsight): Tally {
    const tally = new Tally()
    tally.size = insight.size
    tally.#firstOffset = insight.firstOffset === null ? null : BigInt(insight.firstOffset)
    tally.#lastOffset = insight.lastOffset === null ? null : BigInt(insight.lastOffset)
    tally.#startMs = insight.startMs ?? Infinity
    tally.#endMs = insight.endMs ?? -Infinity
    tally.#deviceTypes = new Map(Object.entries(insight.deviceTypes))
    tally.#locales = new Map(Object.entries(insight.locales))
    tally.#users = new Map(Object.entries(insight.users))
    return tally
  }

  add(offset: bigint, login: Login): void {
    this.size += 1
    this.#firstOffset ??= offset
    this.#lastOffset = offset
    if (login.eventTimeMs < this.#startMs) this.#startMs = login.eventTimeMs
    if (login.eventTimeMs > this.#endMs) this.#endMs = login.eventTimeMs
    increment(this.#deviceTypes, login.deviceType)
    increment(this.#locales, login.locale)
    increment(this.#users, login.userId)
  }

  unfinished(): UnfinishedInsight {
    const isEmpty = this.size === 0
    return {
      size: this.size,
      firstOffset: this.#firstOffset?.toString() ?? null,
      lastOffset: this.#lastOffset?.toString() ?? null,
      startMs: isEmpty ? null : this.#startMs,
      endMs: isEmpty ? null : this.#endMs,
      deviceTypes: asRecord(this.#deviceTypes),
      locales: asRecord(this.#locales),
      users: asRecord(this.#users),
    }
  }

  /**
   * Writes the message in the form of this data set's original consumer. Times are Unix seconds. Lists are in
   * order of logins, then of names, so that equal input gives equal bytes.
   */
  complete(): Insight {
    const locations = named([...this.#locales].sort(byLogins), 'locale')
    const body = JSON.stringify({
      type: 'insight',
      batch_size: this.size,
      start_time: Math.floor(this.#startMs / 1000),
      end_time: Math.floor(this.#endMs / 1000),
      device_type_aggregation: asRecord(this.#deviceTypes),
      top_10_locations: locations.slice(0, 10),
      bottom_5_locations: locations.slice(-5).reverse(),
      top_5_users: named(mostFrequent(this.#users, TOP_USERS), 'user_id'),
    })
    return { firstOffset: this.#firstOffset ?? 0n, lastOffset: this.#lastOffset ?? 0n, body }
  }
}

const TOP_USERS = 5

const increment = (counts: Map<string, number>, key: string) => {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

// The object has no prototype, because `__proto__` is a possible user id.
const asRecord = (counts: ReadonlyMap<string, number>): Record<string, number> => {
  const record = Object.create(null) as Record<string, number>
  for (const [key, count] of counts) record[key] = count
  return record
}

/** Orders by logins, most first, then by name. */
const byLogins = ([a, loginsA]: [string, number], [b, loginsB]: [string, number]): number =>
  loginsB - loginsA || (a < b ? -1 : 1)

/**
 * Returns the first `length` entries of a ranking. Sorting all entries would compare every user id with
 * others, and most users have one login.
 */
function mostFrequent(counts: ReadonlyMap<string, number>, length: number): [string, number][] {
  const first: [string, number][] = []
  for (const entry of counts) {
    const last = first[length - 1]
    if (last !== undefined && byLogins(last, entry) < 0) continue
    const place = first.findIndex((held) => byLogins(entry, held) < 0)
    first.splice(place === -1 ? first.length : place, 0, entry)
    if (first.length > length) first.pop()
  }
  return first
}

const named = (ranking: readonly [string, number][], name: string): Record<string, string | number>[] =>
  ranking.map(([key, logins]) => ({ [name]: key, logins }))
