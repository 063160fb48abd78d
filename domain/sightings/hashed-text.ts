import { halfSipHash } from './half-sip-hash.ts'

const BYTES_PER_UNIT = 3
const BYTES_PER_WORD = 4
/** Ids and group names are usually shorter. A longer text makes the memory grow. */
const USUAL_CHARACTERS = 256

const utf8 = new TextEncoder()

/**
 * Holds the UTF-8 bytes and the hash of one text at a time, in memory that all texts share. Encoding a text
 * is most of the cost of either, so it is done once.
 */
export class HashedText {
  /** UTF-8 bytes, of which the first `length` count. */
  bytes = new Uint8Array(0)
  length = 0
  /** The three words of the hash. */
  readonly hash = new Int32Array(3)
  #words = new Int32Array(0)

  /** @param key key of halfSipHash */
  take(key: Int32Array, text: string): void {
    if (text.length * BYTES_PER_UNIT + BYTES_PER_WORD > this.bytes.length) {
      this.#words = new Int32Array(wordsFor(Math.max(text.length, USUAL_CHARACTERS)))
      this.bytes = new Uint8Array(this.#words.buffer)
    }
    this.length = utf8.encodeInto(text, this.bytes).written
    halfSipHash(key, this.#words, this.length, this.hash)
  }
}

/** Includes the one more word that halfSipHash reads. */
const wordsFor = (characters: number) => Math.ceil((characters * BYTES_PER_UNIT) / BYTES_PER_WORD) + 1
