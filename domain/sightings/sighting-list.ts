import type { HashedText } from './hashed-text.ts'
import type { SightingGroupName } from './sighting.ts'

/** Whose sightings are listed together. */
export type ListedGroup = {
  /** JSON up to the ids. */
  head: Uint8Array
}

export const headOf = (name: SightingGroupName): Uint8Array =>
  utf8.encode(JSON.stringify({ ...name, ids: [] }).slice(0, -']}'.length))

/** Sightings that are to be written. */
export type NewSightings = {
  entries: number
  /** `Sightings` as JSON. */
  json: string
  /** Three words each; of what is known to be committed with them. */
  hashes: Int32Array
}

const WORDS_PER_HASH = 3
const FIRST_ENTRIES = 1_024
const FIRST_BYTES = 65_536
const QUOTE = 0x22
const COMMA = 0x2c
const utf8 = new TextEncoder()
const text = new TextDecoder()
const TAIL = utf8.encode(']},')

/**
 * Collects sightings by group as bytes and numbers: ids by the thousand that live until Postgres has answered would be moved
 * by every garbage collection.
 */
export class SightingList {
  readonly #numbers = new Map<ListedGroup, number>()
  /** By number of the group. */
  readonly #sizes: { head: Uint8Array; ids: number; bytes: number }[] = []
  #count = 0
  #groups = new Int32Array(FIRST_ENTRIES)
  #ends = new Int32Array(FIRST_ENTRIES)
  #hashes = new Int32Array(FIRST_ENTRIES * WORDS_PER_HASH)
  #hashCount = 0
  /** The ids as JSON strings, without their quotes. */
  #bytes = new Uint8Array(FIRST_BYTES)
  #length = 0

  /** @param hashed of the id */
  add(group: ListedGroup, hashed: HashedText, id: string): void {
    const number = this.#numberOf(group)
    const before = this.#length
    this.#appendId(hashed, id)
    if (this.#count === this.#groups.length) this.#growEntries()
    this.#groups[this.#count] = number
    this.#ends[this.#count] = this.#length
    this.#count++
    const size = this.#sizes[number]
    if (size === undefined) throw new RangeError(`no group ${number}`)
    size.ids++
    size.bytes += this.#length - before
  }

  /** Of what is known once the sightings are committed: themselves, and what they say together. */
  addHash({ hash }: HashedText): void {
    const at = this.#hashCount++ * WORDS_PER_HASH
    if (at === this.#hashes.length) this.#hashes = twice(this.#hashes)
    this.#hashes.set(hash, at)
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

  #appendId({ bytes, length }: HashedText, id: string): void {
    if (isPlain(bytes, length)) this.#append(bytes, length)
    else {
      const escaped = utf8.encode(JSON.stringify(id).slice(1, -1))
      this.#append(escaped, escaped.length)
    }
  }

  #append(bytes: Uint8Array, length: number): void {
    if (this.#length + length > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length + length)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#length = copyBytes(bytes, 0, length, this.#bytes, this.#length)
  }

  #growEntries(): void {
    this.#groups = twice(this.#groups)
    this.#ends = twice(this.#ends)
  }

  /** Head, ids in quotes with commas, tail: group by group. */
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
      at = copyBytes(this.#bytes, from, to, json, at)
      json[at++] = QUOTE
      json[at++] = COMMA
      starts[group] = at
      from = to
    }
    // In the place of the last comma of its ids.
    for (const start of starts) json.set(TAIL, start - 1)
    json[json.length - 1] = ']'.charCodeAt(0)
    return text.decode(json)
  }
}

function twice(column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * column.length)
  larger.set(column)
  return larger
}

/** Some ten bytes at a time: a loop is faster than the view that a call for it would need. @returns the place after them */
function copyBytes(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  for (let place = from; place < to; place++) target[at++] = source[place] ?? 0
  return at
}

/** Whether UTF-8 can stand in a JSON string as it is. */
function isPlain(bytes: Uint8Array, length: number): boolean {
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] ?? 0
    if (byte < 0x20 || byte === QUOTE || byte === 0x5c) return false
  }
  return true
}
