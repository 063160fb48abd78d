import { FingerprintSet } from './fingerprint-set.ts'
import { HashedText } from './hashed-text.ts'
import { ByValues } from '../counts/by-values.ts'
import { facets } from '../counts/dimensions.ts'
import type { Login } from '../login/login.ts'
import { dayOf } from '../time/period.ts'
import { headOf, type ListedGroup, type NewSightings, SightingList } from './sighting-list.ts'
import type { SightingGroupName, Sightings } from './sighting.ts'

/** Some 250,000 users of a day are written once, each with a device, an address and all three together; in 8 MiB. */
const MAX_REMEMBERED = 2 ** 20
/** Values of logins that are known with their keys, before all are forgotten; some megabytes. */
const MAX_GROUPS = 8_192
/** More sightings of one batch than have room may be written twice, which does no harm. */
const MAX_OF_A_BATCH = 2 ** 14

/**
 * The cache that all partitions of a process share: a user's logins are spread over them. Another start of Postgres may
 * lack what the one before had (a promoted replica, a restored copy), so it gets a new cache.
 */
export class SharedSighting {
  readonly #key: Int32Array
  #serverStart = ''
  #cache: SightingCache

  /** @param key of SightingCache */
  constructor(key: Int32Array) {
    this.#key = key
    this.#cache = new SightingCache(key)
  }

  /** @param serverStart when the Postgres that a partition was claimed on was started, as it says itself */
  of(serverStart: string): SightingCache {
    if (serverStart !== this.#serverStart) this.#cache = new SightingCache(this.#key)
    this.#serverStart = serverStart
    return this.#cache
  }
}

/** Its key makes an id of a group another one than the same id of another group. */
type KeyedGroup = ListedGroup & { key: Int32Array }
type GroupsOfDay = {
  byValues: ByValues<GroupsOfValues>
  make: (login: Login) => GroupsOfValues
  devices: KeyedGroup
  addresses: KeyedGroup
}
/** Of logins of equal values on a day; `all` is the key of user, device and address together. */
type GroupsOfValues = { users: KeyedGroup; all: Int32Array; ofDay: GroupsOfDay }

/**
 * Remembers which sightings are committed, so that they are not written again. Sighting is idempotent, so forgetting
 * is safe; remembering what is not committed is not.
 */
export class SightingCache {
  readonly #key: Int32Array
  readonly #days = new Map<number, GroupsOfDay>()
  #groups = 0
  readonly #committed = new FingerprintSet(MAX_REMEMBERED)
  /** Of the sighting in question. */
  readonly text = new HashedText()

  /** @param key two words for halfSipHash, by chance where others choose ids */
  constructor(key: Int32Array) {
    this.#key = key
  }

  /** Whom a login is a sighting of. */
  groupsOf(login: Login): GroupsOfValues {
    if (this.#groups >= MAX_GROUPS) this.#forgetGroups()
    const ofDay = this.#ofDay(dayOf(login.eventTimeMs))
    return ofDay.byValues.of(login, ofDay.make)
  }

  isCommitted(): boolean {
    return this.#committed.has(this.text.hash)
  }

  /** Collects what a transaction has to write. */
  draft(): SightingDraft {
    return new SightingDraft(this)
  }

  /** To be called once the transaction that wrote them has committed. */
  remember({ hashes }: NewSightings): void {
    for (let at = 0; at < hashes.length; at += this.text.hash.length) this.#committed.add(hashes, at)
  }

  /** Names give the same keys again. */
  #forgetGroups(): void {
    this.#days.clear()
    this.#groups = 0
  }

  #ofDay(day: number): GroupsOfDay {
    const held = this.#days.get(day)
    if (held !== undefined) return held
    const made: GroupsOfDay = {
      byValues: new ByValues<GroupsOfValues>(facets),
      make: (login) => this.#make(day, made, login),
      devices: this.#group(`device ${day}`, { kind: 'device', day, values: null }),
      addresses: this.#group(`address ${day}`, { kind: 'address', day, values: null }),
    }
    this.#days.set(day, made)
    return made
  }

  #make(day: number, ofDay: GroupsOfDay, login: Login): GroupsOfValues {
    this.#groups++
    const values = facets.map(({ read }) => read(login))
    // NUL cannot be part of a dimension: decoding refuses it everywhere.
    const name = values.join('\0')
    const users = this.#group(`user ${day}\0${name}`, { kind: 'user', day, values })
    return { users, all: this.#groupKey(`all ${day}\0${name}`), ofDay }
  }

  #group(name: string, about: SightingGroupName): KeyedGroup {
    return { head: headOf(about), key: this.#groupKey(name) }
  }

  #groupKey(name: string): Int32Array {
    this.text.take(this.#key, name)
    return this.text.hash.slice(0, 2)
  }
}

/** The sightings of some logins that are not known to be committed, each once. */
export class SightingDraft {
  readonly #cache: SightingCache
  /** By the minute and values of logins: looking them up by name would cost as much as all the rest. */
  readonly #byMinute: GroupsOfValues[] = []
  readonly #list = new SightingList()
  readonly #listed = new FingerprintSet(MAX_OF_A_BATCH)

  constructor(cache: SightingCache) {
    this.#cache = cache
  }

  /** @param minute a small number that logins of the same minute and values have in common, and no others */
  add(login: Login, minute: number): void {
    const { all, users, ofDay } = (this.#byMinute[minute] ??= this.#cache.groupsOf(login))
    const { userId, deviceId, ip } = login
    // Who logs in again does so mostly from the same device and address: one look instead of three.
    if (this.#isSeen(all, `${userId}\0${deviceId}\0${ip}`)) return
    this.#see(users, userId)
    this.#see(ofDay.devices, deviceId)
    this.#see(ofDay.addresses, ip)
  }

  sightings(): NewSightings {
    return this.#list.sightings()
  }

  #see(group: KeyedGroup, id: string): void {
    if (!this.#isSeen(group.key, id)) this.#list.add(group, this.#cache.text, id)
  }

  /** Whether it is written or listed; from now on it is. */
  #isSeen(key: Int32Array, id: string): boolean {
    const { text } = this.#cache
    text.take(key, id)
    if (this.#cache.isCommitted() || this.#listed.has(text.hash)) return true
    this.#listed.add(text.hash)
    this.#list.addHash(text)
    return false
  }
}

export const entriesOf = (sightings: Sightings): number =>
  sightings.reduce((sum, { ids }) => sum + ids.length, 0)
