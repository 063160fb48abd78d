import { FingerprintSet } from './fingerprint-set.ts'
import { HashedText } from './hashed-text.ts'
import { ByValues } from '../counts/by-values.ts'
import { facets } from '../counts/dimensions.ts'
import type { Login } from '../login/login.ts'
import { dayOf } from '../time/period.ts'
import { headOf, type ListedGroup, type NewSightings, SightingList } from './sighting-list.ts'
import type { SightingGroupName, Sightings } from './sighting.ts'

/** Room for some 250,000 users of a day, each with a hash for user, device, address and all three; 8 MiB. */
const MAX_REMEMBERED = 2 ** 20
/** Number of value combinations whose keys are known before all are forgotten; they take some megabytes. */
const MAX_GROUPS = 8_192
/** A batch with more sightings than this may write some twice, which does no harm. */
const MAX_OF_A_BATCH = 2 ** 14

/**
 * The cache that all partitions of a process share, because the logins of one user are spread over
 * partitions. Another start of Postgres (a promoted replica, a restored copy) may lack what was committed
 * before, so it gets a new cache.
 */
export class SharedSightingCache {
  readonly #key: Int32Array
  #serverStart = ''
  #cache: SightingCache

  /** @param key key of SightingCache */
  constructor(key: Int32Array) {
    this.#key = key
    this.#cache = new SightingCache(key)
  }

  /**
   * The cache for a start of Postgres.
   * @param serverStart start time that Postgres reported when the partition was claimed
   */
  of(serverStart: string): SightingCache {
    if (serverStart !== this.#serverStart) this.#cache = new SightingCache(this.#key)
    this.#serverStart = serverStart
    return this.#cache
  }
}

/** The key makes equal ids of different groups hash differently. */
type KeyedGroup = ListedGroup & { key: Int32Array }
type GroupsOfDay = {
  byValues: ByValues<GroupsOfValues>
  make: (login: Login) => GroupsOfValues
  devices: KeyedGroup
  addresses: KeyedGroup
}
/** The groups for logins of equal values on a day; `all` is the key for user, device and address together. */
type GroupsOfValues = { users: KeyedGroup; all: Int32Array; ofDay: GroupsOfDay }

/**
 * Remembers which sightings are committed, so that they are not written again. Writing a sighting twice does
 * no harm, so forgetting is safe; remembering one that is not committed is not.
 */
export class SightingCache {
  readonly #key: Int32Array
  readonly #days = new Map<number, GroupsOfDay>()
  #groups = 0
  readonly #committed = new FingerprintSet(MAX_REMEMBERED)
  /** The text of the sighting that is looked up. */
  readonly text = new HashedText()

  /** @param key two words for halfSipHash; must be random where outsiders choose ids */
  constructor(key: Int32Array) {
    this.#key = key
  }

  /** The groups that a login belongs to. */
  groupsOf(login: Login): GroupsOfValues {
    if (this.#groups >= MAX_GROUPS) this.#forgetGroups()
    const ofDay = this.#ofDay(dayOf(login.eventTimeMs))
    return ofDay.byValues.of(login, ofDay.make)
  }

  isCommitted(): boolean {
    return this.#committed.has(this.text.hash)
  }

  /** Starts to collect what a transaction has to write. */
  draft(): SightingDraft {
    return new SightingDraft(this)
  }

  /** Call this once the transaction that wrote the sightings has committed. */
  remember({ hashes }: NewSightings): void {
    for (let at = 0; at < hashes.length; at += this.text.hash.length) this.#committed.add(hashes, at)
  }

  /** Forgetting is safe: the same names give the same keys again. */
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
    // A dimension cannot contain NUL, because decoding refuses it everywhere.
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

/** Collects the sightings of some logins that are not known to be committed, each once. */
export class SightingDraft {
  readonly #cache: SightingCache
  /**
   * Groups by minute and values of logins: looking them up by name would cost as much as everything else
   * together.
   */
  readonly #byMinute: GroupsOfValues[] = []
  readonly #list = new SightingList()
  readonly #listed = new FingerprintSet(MAX_OF_A_BATCH)

  constructor(cache: SightingCache) {
    this.#cache = cache
  }

  /** @param minute a small number that all logins of the same minute and values share, and no others */
  add(login: Login, minute: number): void {
    const { all, users, ofDay } = (this.#byMinute[minute] ??= this.#cache.groupsOf(login))
    const { userId, deviceId, ip } = login
    // Users mostly come back with the same device and address, so one lookup usually replaces three.
    if (this.#isSeen(all, `${userId}\0${deviceId}\0${ip}`)) return
    this.#addUnseen(users, userId)
    this.#addUnseen(ofDay.devices, deviceId)
    this.#addUnseen(ofDay.addresses, ip)
  }

  sightings(): NewSightings {
    return this.#list.sightings()
  }

  #addUnseen(group: KeyedGroup, id: string): void {
    if (!this.#isSeen(group.key, id)) this.#list.add(group, this.#cache.text, id)
  }

  /** Whether a sighting is committed or in the list already. If not, it counts as listed from now on. */
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
