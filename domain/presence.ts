import { FingerprintSet } from './fingerprint-set.ts'
import { HashedText } from './hashed-text.ts'
import type { Login } from './login.ts'
import { dayOf } from './period.ts'
import { PresenceList, type NewPresences } from './presence-list.ts'

export const presenceKinds = ['user', 'device', 'address'] as const
export type PresenceKind = (typeof presenceKinds)[number]

/** Values of the dimensions of a login. */
export type DimensionValues = [deviceType: string, appVersion: string, locale: string, outcome: string]

/** Who may be seen together: on a day (UTC of the event, days since 1970-01-01). */
export type PresenceGroupName = {
  kind: PresenceKind
  day: number
  /** Of their logins. Null: not looked at, as with devices and addresses. */
  values: DimensionValues | null
}
export type PresenceGroup = PresenceGroupName & { ids: string[] }
export type Presences = PresenceGroup[]

/** Some 250,000 users of a day, each with a device and an address, are written once; in 8 MiB. */
const MAX_REMEMBERED = 2 ** 20
/** More presences of one batch than have room may be written twice, which does no harm. */
const MAX_OF_A_BATCH = 2 ** 14

/**
 * The cache that all partitions of a process share: a user's logins are spread over them. Another start of Postgres may
 * lack what the one before had (a promoted replica, a restored copy), so it gets a new cache.
 */
export class SharedPresence {
  readonly #key: Int32Array
  #serverStart = ''
  #cache: PresenceCache

  /** @param key of PresenceCache */
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
  readonly #key: Int32Array
  readonly #committed = new FingerprintSet(MAX_REMEMBERED)
  /** Of the presence in question. */
  readonly text = new HashedText()

  /** @param key two words for halfSipHash, by chance where others choose ids */
  constructor(key: Int32Array) {
    this.#key = key
  }

  /** By its own key, an id of a group is another one than the same id of another group. */
  groupKey(name: string): Int32Array {
    this.text.take(this.#key, name)
    return this.text.hash.slice(0, 2)
  }

  isCommitted(): boolean {
    return this.#committed.has(this.text.hash)
  }

  /** Collects what a transaction has to write. */
  draft(): PresenceDraft {
    return new PresenceDraft(this)
  }

  /** To be called once the transaction that wrote them has committed. */
  remember({ hashes }: NewPresences): void {
    for (let at = 0; at < hashes.length; at += this.text.hash.length) this.#committed.add(hashes, at)
  }
}

type KeyedGroup = { number: number; key: Int32Array }
/** Users by the values of their logins. */
type GroupsOfDay = { users: Map<string, KeyedGroup>; devices: KeyedGroup; addresses: KeyedGroup }

/** The presences of some logins that are not known to be committed, each once. */
export class PresenceDraft {
  readonly #cache: PresenceCache
  readonly #days = new Map<number, GroupsOfDay>()
  /** By the minute and values of logins: looking them up by name would cost as much as all the rest. */
  readonly #byMinute: { users: KeyedGroup; ofDay: GroupsOfDay }[] = []
  readonly #list = new PresenceList()
  readonly #listed = new FingerprintSet(MAX_OF_A_BATCH)

  constructor(cache: PresenceCache) {
    this.#cache = cache
  }

  /** @param minute a small number that logins of the same minute and values have in common, and no others */
  add(login: Login, minute: number): void {
    const groups = (this.#byMinute[minute] ??= this.#groupsOf(login))
    this.#see(groups.users, login.userId)
    this.#see(groups.ofDay.devices, login.deviceId)
    this.#see(groups.ofDay.addresses, login.ip)
  }

  presences(): NewPresences {
    return this.#list.presences()
  }

  #groupsOf({ eventTimeMs, deviceType, appVersion, locale, outcome }: Login) {
    const day = dayOf(eventTimeMs)
    const ofDay = this.#ofDay(day)
    const values: DimensionValues = [deviceType, appVersion, locale, outcome]
    // NUL cannot be part of a dimension: decoding refuses it everywhere.
    const name = values.join('\0')
    const held = ofDay.users.get(name)
    if (held !== undefined) return { users: held, ofDay }
    const users = this.#group(`user ${day}\0${name}`, { kind: 'user', day, values })
    ofDay.users.set(name, users)
    return { users, ofDay }
  }

  #ofDay(day: number): GroupsOfDay {
    const held = this.#days.get(day)
    if (held !== undefined) return held
    const made = {
      users: new Map<string, KeyedGroup>(),
      devices: this.#group(`device ${day}`, { kind: 'device', day, values: null }),
      addresses: this.#group(`address ${day}`, { kind: 'address', day, values: null }),
    }
    this.#days.set(day, made)
    return made
  }

  #group(name: string, about: PresenceGroupName): KeyedGroup {
    return { number: this.#list.addGroup(about), key: this.#cache.groupKey(name) }
  }

  #see({ number, key }: KeyedGroup, id: string): void {
    const { text } = this.#cache
    text.take(key, id)
    if (this.#cache.isCommitted() || this.#listed.has(text.hash)) return
    this.#listed.add(text.hash)
    this.#list.add(number, text, id)
  }
}

export const entriesOf = (presences: Presences): number =>
  presences.reduce((sum, { ids }) => sum + ids.length, 0)
