import { ByteCounts } from '../columns/byte-counts.ts'
import { combinationAt, RANGES, USER_ID, type LoginColumns } from '../columns/login-columns.ts'

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

/** Makes insights of the logins of a partition: every `size` of them complete one. */
export class InsightDraft {
  readonly insights: Insight[] = []
  readonly #size: number
  readonly #tally = new Tally()

  /**
   * @param unfinished what the logins before them have left; it is not changed
   * @param size logins per insight; 0 makes none
   */
  constructor(unfinished: UnfinishedInsight, size: number) {
    this.#size = size
    if (size > 0) this.#tally.continue(unfinished)
  }

  /** Adds the next logins of the partition. */
  add(logins: LoginColumns): void {
    if (this.#size === 0) return
    for (let login = 0; login < logins.count; login++) {
      this.#tally.add(logins, login)
      if (this.#tally.size < this.#size) continue
      this.insights.push(this.#tally.complete())
      this.#tally.clear()
    }
  }

  unfinished(): UnfinishedInsight {
    return this.#tally.unfinished()
  }
}

const utf8 = new TextEncoder()

/** Counts the logins of one insight. User ids stay bytes: most are never shown. */
class Tally {
  size = 0
  #firstOffset: bigint | null = null
  #lastOffset = 0
  #startMs = Infinity
  #endMs = -Infinity
  readonly #deviceTypes = new Map<string, number>()
  readonly #locales = new Map<string, number>()
  readonly #users = new ByteCounts()

  clear(): void {
    this.size = 0
    this.#firstOffset = null
    this.#startMs = Infinity
    this.#endMs = -Infinity
    this.#deviceTypes.clear()
    this.#locales.clear()
    this.#users.clear()
  }

  /** Takes what an insight that is empty so far has counted before. */
  continue(insight: UnfinishedInsight): void {
    this.size = insight.size
    this.#firstOffset = insight.firstOffset === null ? null : BigInt(insight.firstOffset)
    this.#lastOffset = Number(insight.lastOffset)
    this.#startMs = insight.startMs ?? Infinity
    this.#endMs = insight.endMs ?? -Infinity
    for (const [name, logins] of Object.entries(insight.deviceTypes)) this.#deviceTypes.set(name, logins)
    for (const [name, logins] of Object.entries(insight.locales)) this.#locales.set(name, logins)
    for (const [user, logins] of Object.entries(insight.users)) {
      const bytes = utf8.encode(user)
      this.#users.add(bytes, 0, bytes.length, logins)
    }
  }

  add(logins: LoginColumns, login: number): void {
    const { arena, offsets, eventTimes, starts, ends } = logins
    this.size += 1
    this.#lastOffset = offsets[login] ?? NaN
    this.#firstOffset ??= BigInt(this.#lastOffset)
    const eventMs = eventTimes[login] ?? NaN
    if (eventMs < this.#startMs) this.#startMs = eventMs
    if (eventMs > this.#endMs) this.#endMs = eventMs
    const common = combinationAt(logins, login).login
    increment(this.#deviceTypes, common.deviceType)
    increment(this.#locales, common.locale)
    const range = login * RANGES + USER_ID
    this.#users.add(arena.bytes, starts[range] ?? 0, ends[range] ?? 0, 1)
  }

  unfinished(): UnfinishedInsight {
    const isEmpty = this.size === 0
    return {
      size: this.size,
      firstOffset: this.#firstOffset?.toString() ?? null,
      lastOffset: isEmpty ? null : String(this.#lastOffset),
      startMs: isEmpty ? null : this.#startMs,
      endMs: isEmpty ? null : this.#endMs,
      deviceTypes: asRecord(this.#deviceTypes),
      locales: asRecord(this.#locales),
      users: asRecord(this.#users.entries()),
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
      top_5_users: named(this.#users.highest(TOP_USERS), 'user_id'),
    })
    return { firstOffset: this.#firstOffset ?? 0n, lastOffset: BigInt(this.#lastOffset), body }
  }
}

const TOP_USERS = 5

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

// The object has no prototype, because `__proto__` is a possible user id.
const asRecord = (counts: Iterable<[string, number]>): Record<string, number> => {
  const record = Object.create(null) as Record<string, number>
  for (const [key, count] of counts) record[key] = count
  return record
}

/** Orders by logins, most first, then by name. */
const byLogins = ([a, loginsA]: [string, number], [b, loginsB]: [string, number]): number =>
  loginsB - loginsA || (a < b ? -1 : 1)

const named = (ranking: readonly [string, number][], name: string): Record<string, string | number>[] =>
  ranking.map(([key, logins]) => ({ [name]: key, logins }))
