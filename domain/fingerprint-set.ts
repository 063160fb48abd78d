import { sipHash } from './sip-hash.ts'

/** Places where a text may be: with two words each, one cache line of the processor. */
const WAYS = 8
const WORDS_PER_WAY = 2
const WORDS_PER_SET = WAYS * WORDS_PER_WAY

/**
 * Texts that were added, as fingerprints in memory of a fixed size, outside of the heap that garbage collections walk:
 * a set-associative cache, where a new text takes the place of an old one once all of its places are taken. One that was
 * not added is taken for added once in 10^18 questions, and nobody without the key can choose one that is: its places
 * and its fingerprint come from different halves of a keyed hash of 128 bits.
 */
export class FingerprintSet {
  readonly #key: Int32Array
  readonly #sets: number
  /** A first word of 0 is a free place. Made with the first text. */
  #words = new Int32Array(0)
  /** Of the text in question: objects for each would cost more than all the rest. */
  readonly #hash = new Int32Array(4)
  #victim = 0

  /**
   * @param key of sipHash, by chance where others choose texts
   * @param capacity in texts, a power of two from 8 on; 8 bytes each
   */
  constructor(key: Int32Array, capacity: number) {
    this.#key = key
    this.#sets = capacity / WAYS
  }

  /** By its own key, a text of a group is another one than the same text of another group. */
  groupKey(name: string): Int32Array {
    const key = new Int32Array(4)
    sipHash(this.#key, name, key)
    return key
  }

  has(groupKey: Int32Array, text: string): boolean {
    return this.#words.length > 0 && this.#isAt(this.#placeOf(groupKey, text))
  }

  add(groupKey: Int32Array, text: string): void {
    if (this.#words.length === 0) this.#words = new Int32Array(this.#sets * WORDS_PER_SET)
    let place = this.#placeOf(groupKey, text)
    if (this.#isAt(place)) return
    if (this.#words[place] !== 0) {
      this.#victim = (this.#victim + 1) % WAYS
      place = place - (place % WORDS_PER_SET) + this.#victim * WORDS_PER_WAY
    }
    this.#words[place] = this.#fingerprint()
    this.#words[place + 1] = this.#hash[3] ?? 0
  }

  /** Where it is, or else the first free place where it may be, or else any that it may take. */
  #placeOf(groupKey: Int32Array, text: string): number {
    sipHash(groupKey, text, this.#hash)
    const first = ((this.#hash[0] ?? 0) & (this.#sets - 1)) * WORDS_PER_SET
    let place = first
    while (place < first + WORDS_PER_SET && this.#words[place] !== 0 && !this.#isAt(place))
      place += WORDS_PER_WAY
    return place < first + WORDS_PER_SET ? place : first
  }

  #isAt(place: number): boolean {
    return this.#words[place] === this.#fingerprint() && this.#words[place + 1] === this.#hash[3]
  }

  /** Its first word, which is never 0. */
  #fingerprint(): number {
    return (this.#hash[2] ?? 0) | 1
  }
}
