import type { Login } from './login.ts'
import { FingerprintSet } from './fingerprint-set.ts'
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

/** Some 250,000 users of a day, each with a device and an address, are written once; in 8 MiB. */
const MAX_REMEMBERED = 2 ** 20

/**
 * The cache that all partitions of a process share: a user's logins are spread over them. Another start of Postgres may
 * lack what the one before had (a promoted replica, a restored copy), so it gets a new cache.
 */
export class SharedPresence {
  readonly #key: Int32Array
  #serverStart = ''
  #cache: PresenceCache

  /** @param key of FingerprintSet */
  constructor(key: Int32Array) {
    this.#key = key
    this.#cache = new PresenceCache(key)
  }

  /** @param serverStart when the Postgres that a partition was claimed on was started, as it says itself */
  of(serverStart: string): PresenceCache {
    if (serverStart !== this.#serverStart) this.#cache = new PresenceCache(this.#key)
    this.#serverStart = serverStart
    return this.#cache
  }
}

/**
 * Remembers which presences are committed, so that they are not written again. Presence is idempotent, so forgetting
 * is safe; remembering what is not committed is not.
 */
export class PresenceCache {
  readonly #committed: FingerprintSet

  /** @param key of FingerprintSet */
  constructor(key: Int32Array) {
    this.#committed = new FingerprintSet(key, MAX_REMEMBERED)
  }

  isCommitted(groupKey: Int32Array, id: string): boolean {
    return this.#committed.has(groupKey, id)
  }

  groupKey(name: string): Int32Array {
    return this.#committed.groupKey(name)
  }

  /** Collects what a transaction has to write. */
  draft(): PresenceDraft {
    return new PresenceDraft(this)
  }

  /** To be called once the transaction that wrote them has committed. */
  remember(presences: Presences): void {
    for (const { kind, day, values, ids } of presences) {
      const key = this.groupKey(values === null ? groupName(kind, day) : userGroupName(day, values))
      for (const id of ids) this.#committed.add(key, id)
    }
  }
}

/** A group while it is collected. */
type DraftGroup = Omit<PresenceGroup, 'ids'> & { key: Int32Array; ids: Set<string> }

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
    const made = { ...about, key: this.#cache.groupKey(name), ids: new Set<string>() }
    this.#groups.set(name, made)
    return made
  }

  #see({ key, ids }: DraftGroup, id: string): void {
    if (!this.#cache.isCommitted(key, id)) ids.add(id)
  }
}

export const entriesOf = (presences: Presences): number =>
  presences.reduce((sum, { ids }) => sum + ids.length, 0)

const groupName = (kind: PresenceKind, day: number): string => `${kind} ${day}`

/** NUL cannot be part of a dimension: decoding refuses it everywhere. */
const userGroupName = (day: number, [deviceType, appVersion, locale, outcome]: DimensionValues): string =>
  `user ${day}\0${deviceType}\0${appVersion}\0${locale}\0${outcome}`
