/** Number of places a hash can take. With two words each, they fill one cache line of the processor. */
const WAYS = 8
const WORDS_PER_WAY = 2
const WORDS_PER_SET = WAYS * WORDS_PER_WAY

/**
 * A set of hashes in memory of a fixed size, outside the heap that garbage collections walk. It is a
 * set-associative cache of fingerprints: once all places for a hash are taken, a new one replaces an old one.
 * One word of a hash selects its places, and two others are its fingerprint. A hash that was not added is
 * found by mistake once in 10^18 lookups, and nobody without the key of the hash can choose one that is.
 */
export class FingerprintSet {
  readonly #sets: number
  /** A place whose first word is 0 is free. Allocated with the first hash. */
  #words = new Int32Array(0)
  #victim = 0

  /** @param capacity number of hashes, a power of two from 8 on; each takes 8 bytes */
  constructor(capacity: number) {
    this.#sets = capacity / WAYS
  }

  /** @param hashes the three words of the hash are at `at` */
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

  /**
   * The place that holds the hash, else the first free place for it, else the first of its places. Each login
   * looks up several hashes.
   */
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

/** First word of a fingerprint, never 0. */
const fingerprint = (hashes: Int32Array, at: number): number => (hashes[at + 1] ?? 0) | 1
