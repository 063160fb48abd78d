/** Places where a hash may be: with two words each, one cache line of the processor. */
const WAYS = 8
const WORDS_PER_WAY = 2
const WORDS_PER_SET = WAYS * WORDS_PER_WAY

/**
 * Hashes that were added, as fingerprints in memory of a fixed size, outside of the heap that garbage collections walk:
 * a set-associative cache, where a new one takes the place of an old one once all of its places are taken. Its places
 * come from one word of a hash and its fingerprint from two others: what was not added is taken for added once in 10^18
 * questions, and nobody who lacks the key of the hash can choose what is.
 */
export class FingerprintSet {
  readonly #sets: number
  /** A first word of 0 is a free place. Made with the first hash. */
  #words = new Int32Array(0)
  #victim = 0

  /** @param capacity in hashes, a power of two from 8 on; 8 bytes each */
  constructor(capacity: number) {
    this.#sets = capacity / WAYS
  }

  /** @param hashes three words, from `at` on */
  has(hashes: Int32Array, at = 0): boolean {
    return this.#words.length > 0 && this.#isAt(this.#placeOf(hashes, at), hashes, at)
  }

  add(hashes: Int32Array, at = 0): void {
    if (this.#words.length === 0) this.#words = new Int32Array(this.#sets * WORDS_PER_SET)
    let place = this.#placeOf(hashes, at)
    if (this.#isAt(place, hashes, at)) return
    if (this.#words[place] !== 0) {
      this.#victim = (this.#victim + 1) % WAYS
      place = place - (place % WORDS_PER_SET) + this.#victim * WORDS_PER_WAY
    }
    this.#words[place] = fingerprint(hashes, at)
    this.#words[place + 1] = hashes[at + 2] ?? 0
  }

  /** Where it is, or else the first free place where it may be, or else any that it may take. Each login asks several times. */
  #placeOf(hashes: Int32Array, at: number): number {
    const words = this.#words
    const first = ((hashes[at] ?? 0) & (this.#sets - 1)) * WORDS_PER_SET
    const one = fingerprint(hashes, at)
    const two = hashes[at + 2]
    for (let place = first; place < first + WORDS_PER_SET; place += WORDS_PER_WAY) {
      if (words[place] === 0 || (words[place] === one && words[place + 1] === two)) return place
    }
    return first
  }

  #isAt(place: number, hashes: Int32Array, at: number): boolean {
    return this.#words[place] === fingerprint(hashes, at) && this.#words[place + 1] === hashes[at + 2]
  }
}

/** Its first word, which is never 0. */
const fingerprint = (hashes: Int32Array, at: number): number => (hashes[at + 1] ?? 0) | 1
