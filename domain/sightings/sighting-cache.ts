import { FingerprintSet } from './fingerprint-set.ts'
import { HashedText } from './hashed-text.ts'
import type { Combination } from '../columns/combinations.ts'
import { combinationAt, DEVICE_ID, IP, RANGES, USER_ID, type LoginColumns } from '../columns/login-columns.ts'
import { facets } from '../counts/dimensions.ts'
import type { Login } from '../login/login.ts'
import { dayOf } from '../time/period.ts'
import { type AttemptHalf, halfOf } from './attempts.ts'
import { headOf, type ListedGroup, type NewSightings, SightingList, WORDS_PER_HASH } from './sighting-list.ts'
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
  byCombination: Map<Combination, GroupsOfValues>
  /** By the values of the facets: of two combinations they may be the same. */
  byName: Map<string, GroupsOfValues>
  others: Record<AttemptHalf, OtherGroups>
}
type OtherGroups = { devices: KeyedGroup; addresses: KeyedGroup }
/** The groups for logins of equal values on a day; `all` is the key for user, device and address together. */
type GroupsOfValues = { users: KeyedGroup; all: Int32Array; others: OtherGroups }

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

  /** The groups that logins of a combination belong to. @param day of the event, days since 1970-01-01 */
  groupsOf(day: number, combination: Combination): GroupsOfValues {
    if (this.#groups >= MAX_GROUPS) this.#forgetGroups()
    const ofDay = this.#ofDay(day)
    const known = ofDay.byCombination.get(combination)
    if (known !== undefined) return known
    const made = this.#byName(day, ofDay, combination.login)
    ofDay.byCombination.set(combination, made)
    this.#groups++
    return made
  }

  /** @param hashes three words, from `at` on */
  isCommitted(hashes: Int32Array, at = 0): boolean {
    return this.#committed.has(hashes, at)
  }

  /** Starts to collect what a transaction has to write. */
  draft(): SightingDraft {
    return new SightingDraft(this)
  }

  /** Call this once the transaction that wrote the sightings has committed. */
  remember({ hashes }: NewSightings): void {
    for (let at = 0; at < hashes.length; at += WORDS_PER_HASH) this.#committed.add(hashes, at)
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
      byCombination: new Map(),
      byName: new Map(),
      others: { logins: this.#others(day, 'logins'), failures: this.#others(day, 'failures') },
    }
    this.#days.set(day, made)
    return made
  }

  #others(day: number, attempts: AttemptHalf): OtherGroups {
    const about = { day, attempts, values: null }
    return {
      devices: this.#group(`device ${day} ${attempts}`, { kind: 'device', ...about }),
      addresses: this.#group(`address ${day} ${attempts}`, { kind: 'address', ...about }),
    }
  }

  #byName(day: number, ofDay: GroupsOfDay, login: Login): GroupsOfValues {
    const values = facets.map(({ read }) => read(login))
    // A dimension cannot contain NUL, because decoding refuses it everywhere.
    const name = values.join('\0')
    const known = ofDay.byName.get(name)
    if (known !== undefined) return known
    const attempts = halfOf(login.outcome)
    const users = this.#group(`user ${day}\0${name}`, { kind: 'user', day, attempts, values })
    const made = { users, all: this.#groupKey(`all ${day}\0${name}`), others: ofDay.others[attempts] }
    ofDay.byName.set(name, made)
    return made
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
  /** By a number that logins of the same minute and combination share: each is looked up once. */
  readonly #groups: GroupsOfValues[] = []
  readonly #list = new SightingList()
  readonly #listed = new FingerprintSet(MAX_OF_A_BATCH)
  /** Of the logins that are being added: the hash of user, device and address together, three words each. */
  #hashes = new Int32Array(0)
  /** Those of them that are not known to be committed. */
  #unknown = new Int32Array(0)

  constructor(cache: SightingCache) {
    this.#cache = cache
  }

  /** @param entries a small number of each login that all logins of the same minute and combination share, and no others */
  add(logins: LoginColumns, entries: Int32Array): void {
    this.#hashTogether(logins, entries)
    const unknown = this.#lookUp(logins.count)
    for (let at = 0; at < unknown; at++) {
      const login = this.#unknown[at] ?? 0
      const groups = this.#groups[entries[login] ?? 0]
      if (groups !== undefined) this.#addLogin(logins, login, groups)
    }
  }

  sightings(): NewSightings {
    return this.#list.sightings()
  }

  #hashTogether(logins: LoginColumns, entries: Int32Array): void {
    const { count, eventTimes } = logins
    const { text } = this.#cache
    if (this.#unknown.length < count) {
      this.#unknown = new Int32Array(count)
      this.#hashes = new Int32Array(count * WORDS_PER_HASH)
    }
    for (let login = 0; login < count; login++) {
      const { all } = (this.#groups[entries[login] ?? 0] ??= this.#cache.groupsOf(
        dayOf(eventTimes[login] ?? NaN),
        combinationAt(logins, login),
      ))
      text.takeTriple(all, logins, login)
      for (let word = 0; word < WORDS_PER_HASH; word++)
        this.#hashes[login * WORDS_PER_HASH + word] = text.hash[word] ?? 0
    }
  }

  /**
   * Finds the logins that are not known to be committed; mostly users come back with the same device and address. Nothing
   * else is done meanwhile, so that the processor waits for the memory of several look-ups at a time.
   * @returns how many there are in `#unknown`
   */
  #lookUp(count: number): number {
    let unknown = 0
    for (let login = 0; login < count; login++) {
      if (!this.#cache.isCommitted(this.#hashes, login * WORDS_PER_HASH)) this.#unknown[unknown++] = login
    }
    return unknown
  }

  #addLogin(logins: LoginColumns, login: number, { users, others }: GroupsOfValues): void {
    if (!this.#isNew(this.#hashes, login * WORDS_PER_HASH)) return
    const first = login * RANGES
    this.#addSighting(users, logins, first + USER_ID)
    this.#addSighting(others.devices, logins, first + DEVICE_ID)
    this.#addSighting(others.addresses, logins, first + IP)
  }

  #addSighting(group: KeyedGroup, { arena, starts, ends }: LoginColumns, range: number): void {
    const { text } = this.#cache
    text.takeBytes(group.key, arena.bytes, starts[range] ?? 0, ends[range] ?? 0)
    if (!this.#cache.isCommitted(text.hash) && this.#isNew(text.hash, 0)) this.#list.add(group, text)
  }

  /** Whether a hash is not in the list yet; it is from now on. */
  #isNew(hashes: Int32Array, at: number): boolean {
    if (this.#listed.has(hashes, at)) return false
    this.#listed.add(hashes, at)
    this.#list.addHash(hashes, at)
    return true
  }
}

export const entriesOf = (sightings: Sightings): number =>
  sightings.reduce((sum, { ids }) => sum + ids.length, 0)
