import type { Login } from './login.ts'
import { IdSet } from './id-set.ts'
import { dayOf } from './period.ts'

export const presenceKinds = ['user', 'device', 'address'] as const
export type PresenceKind = (typeof presenceKinds)[number]

/** Values of the dimensions of a login. */
export type DimensionValues = [deviceType: string, appVersion: string, locale: string, outcome: string]

/** Who was seen on a day (UTC of the event, days since 1970-01-01), each once. */
export type PresenceGroup = {
  kind: PresenceKind
  day: number
  /** Of their logins. Null: not looked at, as with devices and addresses. */
  values: DimensionValues | null
  ids: string[]
}
export type Presences = PresenceGroup[]

/** Bounds the memory of a cache: some 15 MB. Users of a day, each with a device and an address, that are written once. */
const MAX_REMEMBERED = 250_000

/**
 * The cache that all partitions of a process share: a user's logins are spread over them. Another start of Postgres may
 * lack what the one before had (a promoted replica, a restored copy), so it gets a new cache.
 */
export class SharedPresence {
  readonly #seed: number
  #serverStart = ''
  #cache: PresenceCache

  /** @param seed of IdSet */
  constructor(seed: number) {
    this.#seed = seed
    this.#cache = new PresenceCache(seed)
  }

  /** @param serverStart when the Postgres that a partition was claimed on was started, as it says itself */
  of(serverStart: string): PresenceCache {
    if (serverStart !== this.#serverStart) this.#cache = new PresenceCache(this.#seed)
    this.#serverStart = serverStart
    return this.#cache
  }
}

/**
 * Remembers which presences are committed, so that they are not written again. Presence is idempotent, so forgetting
 * is safe; remembering what is not committed is not.
 */
export class PresenceCache {
  readonly #committed: IdSet
  /** By name. Numbers are not used again, so that one from before a clearing finds nothing. */
  readonly #groups = new Map<string, number>()
  #nextGroup = 0

  /** @param seed of IdSet */
  constructor(seed: number) {
    this.#committed = new IdSet(seed)
  }

  isCommitted(group: number, id: string): boolean {
    return this.#committed.has(group, id)
  }

  groupNumber(name: string): number {
    const known = this.#groups.get(name)
    if (known !== undefined) return known
    this.#groups.set(name, this.#nextGroup)
    return this.#nextGroup++
  }

  /** Collects what a transaction has to write. */
  draft(): PresenceDraft {
    return new PresenceDraft(this)
  }

  /** To be called once the transaction that wrote them has committed. */
  remember(presences: Presences): void {
    if (this.#committed.size + entriesOf(presences) > MAX_REMEMBERED) {
      this.#committed.clear()
      this.#groups.clear()
    }
    for (const { kind, day, values, ids } of presences) {
      const group = this.groupNumber(values === null ? groupName(kind, day) : userGroupName(day, values))
      for (const id of ids) this.#committed.add(group, id)
    }
  }
}

/** A group while it is collected. */
type DraftGroup = Omit<PresenceGroup, 'ids'> & { number: number; ids: Set<string> }

/** The presences of some logins that are not known to be committed, each once. */
export class PresenceDraft {
  readonly #cache: PresenceCache
  readonly #groups = new Map<string, DraftGroup>()
  /** By the minute and values of logins: looking them up by name would cost as much as all the rest. */
  readonly #byMinute: { users: DraftGroup; devices: DraftGroup; addresses: DraftGroup }[] = []

  constructor(cache: PresenceCache) {
    this.#cache = cache
  }

  /** @param minute a small number that logins of the same minute and values have in common, and no others */
  add(login: Login, minute: number): void {
    const groups = (this.#byMinute[minute] ??= this.#groupsOf(login))
    this.#see(groups.users, login.userId)
    this.#see(groups.devices, login.deviceId)
    this.#see(groups.addresses, login.ip)
  }

  presences(): Presences {
    return Array.from(this.#groups.values(), ({ kind, day, values, ids }) => ({
      kind,
      day,
      values,
      ids: [...ids],
    })).filter(({ ids }) => ids.length > 0)
  }

  #groupsOf({ eventTimeMs, deviceType, appVersion, locale, outcome }: Login) {
    const day = dayOf(eventTimeMs)
    const values: DimensionValues = [deviceType, appVersion, locale, outcome]
    return {
      users: this.#group(userGroupName(day, values), { kind: 'user', day, values }),
      devices: this.#group(groupName('device', day), { kind: 'device', day, values: null }),
      addresses: this.#group(groupName('address', day), { kind: 'address', day, values: null }),
    }
  }

  #group(name: string, about: Omit<PresenceGroup, 'ids'>): DraftGroup {
    const held = this.#groups.get(name)
    if (held !== undefined) return held
    const made = { ...about, number: this.#cache.groupNumber(name), ids: new Set<string>() }
    this.#groups.set(name, made)
    return made
  }

  #see({ number, ids }: DraftGroup, id: string): void {
    if (!this.#cache.isCommitted(number, id)) ids.add(id)
  }
}

export const entriesOf = (presences: Presences): number =>
  presences.reduce((sum, { ids }) => sum + ids.length, 0)

const groupName = (kind: PresenceKind, day: number): string => `${kind} ${day}`

/** NUL cannot be part of a dimension: decoding refuses it everywhere. */
const userGroupName = (day: number, [deviceType, appVersion, locale, outcome]: DimensionValues): string =>
  `user ${day}\0${deviceType}\0${appVersion}\0${locale}\0${outcome}`
