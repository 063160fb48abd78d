import { ByteArena } from './byte-arena.ts'
import { twice } from './twice.ts'

const FIRST_SLOTS = 64

/**
 * Numbers texts, given as bytes, in the order in which they are added. They are found by a hash and compared whole: who sends
 * a text cannot make it another one's.
 */
export class ByteValues {
  size = 0
  readonly #texts = new ByteArena(FIRST_BYTES)
  /** By number. */
  #ends = new Int32Array(FIRST_SLOTS)
  #hashes = new Int32Array(FIRST_SLOTS)
  /** A number plus one; 0: free. Twice as many as there may be texts. */
  #slots = new Int32Array(2 * FIRST_SLOTS)

  /** @returns the number of a text; -1: it has none */
  numberOf(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end)
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = (this.#slots[slot] ?? 0) - 1
      if (number < 0 || (this.#hashes[number] === hash && this.#isText(number, bytes, start, end)))
        return number
    }
  }

  /** @returns the number of a text, which it gets unless it has one */
  add(bytes: Uint8Array, start: number, end: number): number {
    const known = this.numberOf(bytes, start, end)
    if (known >= 0) return known
    if (this.size === this.#hashes.length) this.#grow()
    const number = this.size++
    this.#texts.copy(bytes, start, end)
    this.#ends[number] = this.#texts.length
    this.#hashes[number] = hashOf(bytes, start, end)
    this.#place(number)
    return number
  }

  /** @param number of a text */
  text(number: number): string {
    return utf8.decode(this.#texts.bytes.subarray(this.#start(number), this.#ends[number]))
  }

  /** Compares two texts, given by number, as strings are compared: by UTF-16 code units. */
  compare(a: number, b: number): number {
    const texts = this.#texts.bytes
    const startA = this.#start(a)
    const startB = this.#start(b)
    const lengthA = (this.#ends[a] ?? 0) - startA
    const lengthB = (this.#ends[b] ?? 0) - startB
    for (let index = 0; index < lengthA && index < lengthB; index++) {
      const byteA = texts[startA + index] ?? 0
      const byteB = texts[startB + index] ?? 0
      if (byteA === byteB) continue
      // Code points from 0x10000 on are surrogates in UTF-16, which come before 0xe000 to 0xffff.
      const isReversed =
        byteA >= LEAD_OF_E000 && byteB >= LEAD_OF_E000 && byteA >= LEAD_OF_10000 !== byteB >= LEAD_OF_10000
      return isReversed ? byteB - byteA : byteA - byteB
    }
    return lengthA - lengthB
  }

  clear(): void {
    this.size = 0
    this.#texts.clear()
    this.#slots.fill(0)
  }

  #start(number: number): number {
    return number === 0 ? 0 : (this.#ends[number - 1] ?? 0)
  }

  #isText(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#start(number)
    if ((this.#ends[number] ?? 0) - from !== end - start) return false
    const texts = this.#texts.bytes
    for (let index = 0; index < end - start; index++) {
      if (texts[from + index] !== bytes[start + index]) return false
    }
    return true
  }

  #grow(): void {
    this.#ends = twice(this.#ends)
    this.#hashes = twice(this.#hashes)
    this.#slots = new Int32Array(2 * this.#slots.length)
    for (let number = 0; number < this.size; number++) this.#place(number)
  }

  #place(number: number): void {
    const mask = this.#slots.length - 1
    let slot = (this.#hashes[number] ?? 0) & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = number + 1
  }
}

const FIRST_BYTES = 1_024
/** First bytes of the UTF-8 of these code points. */
const LEAD_OF_E000 = 0xee
const LEAD_OF_10000 = 0xf0
/** A byte order mark is a character of an id like any other. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Cheap: what comes of it is compared. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0
  return hash ^ (hash >>> 15)
}
