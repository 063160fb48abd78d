import { CHUNK_BYTES } from './bitmap.ts'
import { type MemberSet, ones } from './member-set.ts'

/**
 * A set of members by number, of which only some chunks are there: those of a cohort lie close together,
 * because members get their numbers in the order in which they are first seen.
 */
export class MemberChunks {
  readonly #chunks = new Map<number, Uint32Array>()

  /** The chunks that have, or had, members. */
  get chunks(): number[] {
    return [...this.#chunks.keys()]
  }

  /** @param bits bits of one row of table `engagement` */
  addBits(chunk: number, bits: Uint8Array): void {
    this.#add(chunk, wordsOf(bits))
  }

  addAll(other: MemberChunks): void {
    for (const [chunk, words] of other.#chunks) this.#add(chunk, words)
  }

  removeAll(other: MemberChunks): void {
    for (const [chunk, words] of other.#chunks) {
      const own = this.#chunks.get(chunk)
      if (own === undefined) continue
      for (let at = 0; at < own.length; at++) own[at] = (own[at] ?? 0) & ~(words[at] ?? 0)
    }
  }

  /** Those that are in `members`, too. */
  within(members: MemberSet): MemberChunks {
    const common = new MemberChunks()
    for (const [chunk, words] of this.#chunks) {
      const others = wordsOf(members.bitsOf(chunk))
      common.#chunks.set(
        chunk,
        words.map((word, at) => word & (others[at] ?? 0)),
      )
    }
    return common
  }

  /** How many are in `members`, too. */
  sharedWith(members: MemberSet): number {
    let shared = 0
    for (const [chunk, words] of this.#chunks) {
      const others = wordsOf(members.bitsOf(chunk))
      for (let at = 0; at < words.length; at++) shared += ones((words[at] ?? 0) & (others[at] ?? 0))
    }
    return shared
  }

  get size(): number {
    let size = 0
    for (const words of this.#chunks.values()) for (const word of words) size += ones(word)
    return size
  }

  #add(chunk: number, words: Uint32Array): void {
    const own = this.#chunks.get(chunk) ?? new Uint32Array(CHUNK_BYTES / 4)
    for (let at = 0; at < own.length; at++) own[at] = (own[at] ?? 0) | (words[at] ?? 0)
    this.#chunks.set(chunk, own)
  }
}

/** The same bytes by fours; those that are not there are 0. */
function wordsOf(bits: Uint8Array): Uint32Array {
  if (bits.length === CHUNK_BYTES && bits.byteOffset % 4 === 0)
    return new Uint32Array(bits.buffer, bits.byteOffset, CHUNK_BYTES / 4)
  const bytes = new Uint8Array(CHUNK_BYTES)
  bytes.set(bits)
  return new Uint32Array(bytes.buffer)
}
