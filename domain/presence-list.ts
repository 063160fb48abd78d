import type { HashedText } from './hashed-text.ts'
import type { PresenceGroupName } from './presence.ts'

/** Presences that are to be written. */
export type NewPresences = {
  entries: number
  /** `Presences` as JSON. */
  json: string
  /** Three words each. */
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
 * Collects presences by group as bytes and numbers: ids by the thousand that live until Postgres has answered would be moved
 * by every garbage collection.
 */
export class PresenceList {
  /** JSON up to the ids of each group. */
  readonly #heads: string[] = []
  readonly #sizes: { ids: number; bytes: number }[] = []
  #count = 0
  #groups = new Int32Array(FIRST_ENTRIES)
  #ends = new Int32Array(FIRST_ENTRIES)
  #hashes = new Int32Array(FIRST_ENTRIES * WORDS_PER_HASH)
  /** The ids as JSON strings, without their quotes. */
  #bytes = new Uint8Array(FIRST_BYTES)
  #length = 0

  /** @returns its number */
  addGroup(name: PresenceGroupName): number {
    this.#heads.push(JSON.stringify({ ...name, ids: [] }).slice(0, -']}'.length))
    return this.#sizes.push({ ids: 0, bytes: 0 }) - 1
  }

  /** @param hashed of the id */
  add(group: number, hashed: HashedText, id: string): void {
    const before = this.#length
    this.#appendId(hashed, id)
    if (this.#count === this.#groups.length) this.#growEntries()
    this.#groups[this.#count] = group
    this.#ends[this.#count] = this.#length
    this.#hashes.set(hashed.hash, this.#count * WORDS_PER_HASH)
    this.#count++
    const size = this.#sizes[group]
    if (size === undefined) throw new RangeError(`no group ${group}`)
    size.ids++
    size.bytes += this.#length - before
  }

  presences(): NewPresences {
    return {
      entries: this.#count,
      json: this.#json(),
      hashes: this.#hashes.slice(0, this.#count * WORDS_PER_HASH),
    }
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
    const twice = (column: Int32Array<ArrayBuffer>) => {
      const larger = new Int32Array(2 * column.length)
      larger.set(column)
      return larger
    }
    this.#groups = twice(this.#groups)
    this.#ends = twice(this.#ends)
    this.#hashes = twice(this.#hashes)
  }

  /** Head, ids in quotes with commas, tail: group by group, those without ids left out. */
  #json(): string {
    const heads = this.#heads.map((head) => utf8.encode(head))
    const starts: number[] = []
    let size = 1
    this.#sizes.forEach(({ ids, bytes }, group) => {
      starts.push(size + (heads[group]?.length ?? 0))
      if (ids > 0) size += (heads[group]?.length ?? 0) + bytes + 3 * ids - 1 + TAIL.length
    })
    const json = new Uint8Array(Math.max(size, '[]'.length))
    json[0] = '['.charCodeAt(0)
    this.#sizes.forEach(({ ids }, group) => {
      const head = heads[group] ?? TAIL
      if (ids > 0) json.set(head, (starts[group] ?? 0) - head.length)
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
    this.#sizes.forEach(({ ids }, group) => {
      if (ids > 0) json.set(TAIL, (starts[group] ?? 0) - 1)
    })
    json[json.length - 1] = ']'.charCodeAt(0)
    return text.decode(json)
  }
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
