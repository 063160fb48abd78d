import { halfSipHash } from './half-sip-hash.ts'

const BYTES_PER_UNIT = 3
const BYTES_PER_WORD = 4
/** Ids and names of groups are shorter; room for others is made when they come. */
const USUAL_CHARACTERS = 256

const utf8 = new TextEncoder()

/** One text at a time with its bytes and its hash, in memory that all share: writing them once is most of what either costs. */
export class HashedText {
  /** UTF-8, up to `length`. */
  bytes = new Uint8Array(0)
  length = 0
  /** Three words. */
  readonly hash = new Int32Array(3)
  #words = new Int32Array(0)

  /** @param key of halfSipHash */
  take(key: Int32Array, text: string): void {
    if (text.length * BYTES_PER_UNIT + BYTES_PER_WORD > this.bytes.length) {
      this.#words = new Int32Array(wordsFor(Math.max(text.length, USUAL_CHARACTERS)))
      this.bytes = new Uint8Array(this.#words.buffer)
    }
    this.length = utf8.encodeInto(text, this.bytes).written
    halfSipHash(key, this.#words, this.length, this.hash)
  }
}

/** With the one more that halfSipHash reads. */
const wordsFor = (characters: number) => Math.ceil((characters * BYTES_PER_UNIT) / BYTES_PER_WORD) + 1
