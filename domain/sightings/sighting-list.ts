import { JSON_GROWTH, putBytes, putJsonText } from '../columns/put-bytes.ts'
import { twice } from '../columns/twice.ts'
import type { HashedText } from './hashed-text.ts'
import type { SightingGroupName } from './sighting.ts'

/** A group whose sightings are listed together. */
export type ListedGroup = {
  /** JSON of the group up to its ids, UTF-8. */
  head: Uint8Array
}

export const headOf = (name: SightingGroupName): Uint8Array =>
  utf8.encode(JSON.stringify({ ...name, ids: [] }).slice(0, -']}'.length))

/** Sightings to be written. */
export type NewSightings = {
  entries: number
  /** JSON text of `Sightings`. */
  json: string
  /** Hashes that are known to be committed once the sightings are; three words each. */
  hashes: Int32Array
}

export const WORDS_PER_HASH = 3
const FIRST_ENTRIES = 1_024
const FIRST_BYTES = 65_536
const QUOTE = 0x22
const COMMA = 0x2c
const utf8 = new TextEncoder()
const text = new TextDecoder()
const TAIL = utf8.encode(']},')

/**
 * Collects sightings by group as bytes and numbers. Thousands of id strings would live until Postgres has
 * answered, and every garbage collection would move them.
 */
export class SightingList {
  readonly #numbers = new Map<ListedGroup, number>()
  /** Sizes of each group, by its number. */
  readonly #sizes: { head: Uint8Array; ids: number; bytes: number }[] = []
  #count = 0
  #groups = new Int32Array(FIRST_ENTRIES)
  #ends = new Int32Array(FIRST_ENTRIES)
  #hashes = new Int32Array(FIRST_ENTRIES * WORDS_PER_HASH)
  #hashCount = 0
  /** All ids as JSON strings without their quotes. */
  #bytes = new Uint8Array(FIRST_BYTES)
  #length = 0

  /** @param hashed holds the bytes of the id */
  add(group: ListedGroup, hashed: HashedText): void {
    const number = this.#numberOf(group)
    const before = this.#length
    this.#appendId(hashed)
    if (this.#count === this.#groups.length) this.#growEntries()
    this.#groups[this.#count] = number
    this.#ends[this.#count] = this.#length
    this.#count++
    const size = this.#sizes[number]
    if (size === undefined) throw new RangeError(`no group ${number}`)
    size.ids++
    size.bytes += this.#length - before
  }

  /**
   * Adds a hash that is known once the sightings are committed: of a sighting, or of user, device and address
   * together.
   */
  addHash(hashes: Int32Array, from: number): void {
    const at = this.#hashCount++ * WORDS_PER_HASH
    if (at === this.#hashes.length) this.#hashes = twice(this.#hashes)
    for (let word = 0; word < WORDS_PER_HASH; word++) this.#hashes[at + word] = hashes[from + word] ?? 0
  }

  sightings(): NewSightings {
    return {
      entries: this.#count,
      json: this.#json(),
      hashes: this.#hashes.slice(0, this.#hashCount * WORDS_PER_HASH),
    }
  }

  #numberOf(group: ListedGroup): number {
    const known = this.#numbers.get(group)
    if (known !== undefined) return known
    const number = this.#sizes.push({ head: group.head, ids: 0, bytes: 0 }) - 1
    this.#numbers.set(group, number)
    return number
  }

  #appendId({ bytes, length }: HashedText): void {
    const room = JSON_GROWTH * length
    if (this.#length + room > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length + room)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#length = putJsonText(this.#bytes, this.#length, bytes, 0, length)
  }

  #growEntries(): void {
    this.#groups = twice(this.#groups)
    this.#ends = twice(this.#ends)
  }

  /** Writes each group: its head, its ids in quotes with commas, and its tail. */
  #json(): string {
    const starts: number[] = []
    let size = 1
    for (const { head, ids, bytes } of this.#sizes) {
      starts.push(size + head.length)
      size += head.length + bytes + 3 * ids - 1 + TAIL.length
    }
    const json = new Uint8Array(Math.max(size, '[]'.length))
    json[0] = '['.charCodeAt(0)
    this.#sizes.forEach(({ head }, group) => {
      json.set(head, (starts[group] ?? 0) - head.length)
    })
    for (let entry = 0, from = 0; entry < this.#count; entry++) {
      const group = this.#groups[entry] ?? 0
      const to = this.#ends[entry] ?? 0
      let at = starts[group] ?? 0
      json[at++] = QUOTE
      at = putBytes(json, at, this.#bytes, from, to)
      json[at++] = QUOTE
      json[at++] = COMMA
      starts[group] = at
      from = to
    }
    // The tail replaces the comma after the last id.
    for (const start of starts) json.set(TAIL, start - 1)
    json[json.length - 1] = ']'.charCodeAt(0)
    return text.decode(json)
  }
}
