import { CHUNK_BITS, numbersOfBits } from './bitmap.ts'

/** Numbers in a block of a packed set. */
export const BLOCK_NUMBERS = 65_536
/** Bytes of a block, which is the unit of growth. */
const BLOCK_BYTES = BLOCK_NUMBERS / 8
/** Above this number of members, the bits of a block take fewer bytes than the list of its members. */
export const MAX_LISTED_MEMBERS = 4_096

/**
 * A set of members by number, with a bit for each number up to the largest. A question adds millions of them,
 * so loops go by index, which costs a fraction of an iterator or of a call per number.
 */
export class MemberSet {
  /** In the order of Postgres bit strings: bit 0 is the leftmost one. */
  #bytes = new Uint8Array(BLOCK_BYTES)

  add(number: number): void {
    const bytes = this.#upTo(number)
    const at = number >>> 3
    bytes[at] = (bytes[at] ?? 0) | (128 >> (number & 7))
  }

  addAll(numbers: Int32Array): void {
    let bytes = this.#bytes
    for (let at = 0; at < numbers.length; at++) {
      const number = numbers[at] ?? 0
      const byte = number >>> 3
      if (byte >= bytes.length) bytes = this.#upTo(number)
      bytes[byte] = (bytes[byte] ?? 0) | (128 >> (number & 7))
    }
  }

  /** @param bits bits of one row of table `engagement` */
  addBits(chunk: number, bits: Uint8Array): void {
    const start = (chunk * CHUNK_BITS) / 8
    const bytes = this.#upTo((start + bits.length) * 8 - 1)
    for (let at = 0; at < bits.length; at++) bytes[start + at] = (bytes[start + at] ?? 0) | (bits[at] ?? 0)
  }

  addSet(other: MemberSet): void {
    this.addBits(0, other.#bytes)
  }

  /**
   * Packs the set block by block of 65,536 numbers (packedNumbers unpacks it). A block is its number of members, then each member's
   * place in the block, in order; both take two bytes, big-endian. A block with more than 4,096 members has
   * its bits in place of the list.
   */
  pack(): Uint8Array {
    const packed: number[] = []
    for (let start = 0; start < this.#bytes.length; start += BLOCK_BYTES) {
      const block = this.#bytes.subarray(start, start + BLOCK_BYTES)
      const places = numbersOfBits(block)
      const count = Math.min(places.length, 0xffff)
      packed.push(count >> 8, count & 255)
      if (count > MAX_LISTED_MEMBERS) for (const byte of block) packed.push(byte)
      else for (const place of places) packed.push(place >> 8, place & 255)
    }
    return Uint8Array.from(packed)
  }

  /** The bits of the numbers of a chunk, as a row of table `engagement` has them; zeros at the end may be left out. */
  bitsOf(chunk: number): Uint8Array {
    const start = (chunk * CHUNK_BITS) / 8
    return this.#bytes.subarray(start, start + CHUNK_BITS / 8)
  }

  get size(): number {
    const words = new Uint32Array(this.#bytes.buffer)
    let size = 0
    for (let at = 0; at < words.length; at++) size += ones(words[at] ?? 0)
    return size
  }

  /** Makes room for a number. Returns the bytes. */
  #upTo(number: number): Uint8Array<ArrayBuffer> {
    let length = this.#bytes.length
    while (length * 8 <= number) length *= 2
    if (length > this.#bytes.length) {
      const bytes = new Uint8Array(length)
      bytes.set(this.#bytes)
      this.#bytes = bytes
    }
    return this.#bytes
  }
}

/** Counts the bits that are set: adds up neighbouring groups of 1, 2 and 4 bits, then the four bytes. */
export function ones(word: number): number {
  const twos = word - ((word >>> 1) & 0x55555555)
  const fours = (twos & 0x33333333) + ((twos >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
