import { CHUNK_BITS } from './bitmap.ts'

/** Bytes of a block of 65,536 numbers, which is the unit of growth. */
const BLOCK_BYTES = 8_192
/** Above this number of members, the bits of a block take fewer bytes than the list of its members. */
const MAX_LISTED_MEMBERS = 4_096

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

  /**
   * @param numbers 4 bytes each, big-endian
   * @param minutes one byte per number; if given, only numbers whose minute is in [from, to) are added
   */
  addNumbers(numbers: Uint8Array, minutes: Uint8Array | null = null, from = 0, to = 0): void {
    let bytes = this.#bytes
    for (let place = 0, at = 0; at < numbers.length; place++, at += 4) {
      if (minutes !== null) {
        const minute = minutes[place] ?? 0
        if (minute < from || minute >= to) continue
      }
      const number =
        ((numbers[at] ?? 0) << 24) |
        ((numbers[at + 1] ?? 0) << 16) |
        ((numbers[at + 2] ?? 0) << 8) |
        (numbers[at + 3] ?? 0)
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

  /**
   * Packs the set block by block of 65,536 numbers. A block is its number of members, then each member's
   * place in the block, in order; both take two bytes, big-endian. A block with more than 4,096 members has
   * its bits in place of the list.
   */
  pack(): Uint8Array {
    const packed: number[] = []
    for (let start = 0; start < this.#bytes.length; start += BLOCK_BYTES) {
      const block = this.#bytes.subarray(start, start + BLOCK_BYTES)
      const places = placesIn(block)
      const count = Math.min(places.length, 0xffff)
      packed.push(count >> 8, count & 255)
      if (count > MAX_LISTED_MEMBERS) for (const byte of block) packed.push(byte)
      else for (const place of places) packed.push(place >> 8, place & 255)
    }
    return Uint8Array.from(packed)
  }

  /** @param packed result of another set's `pack` */
  addPacked(packed: Uint8Array): void {
    for (let at = 0, start = 0; at < packed.length; start += BLOCK_BYTES) {
      const bytes = this.#upTo((start + BLOCK_BYTES) * 8 - 1)
      const count = ((packed[at] ?? 0) << 8) | (packed[at + 1] ?? 0)
      at += 2
      if (count > MAX_LISTED_MEMBERS) {
        for (let byte = start; byte < start + BLOCK_BYTES; byte++)
          bytes[byte] = (bytes[byte] ?? 0) | (packed[at++] ?? 0)
        continue
      }
      for (const end = at + 2 * count; at < end; at += 2) {
        const place = ((packed[at] ?? 0) << 8) | (packed[at + 1] ?? 0)
        const byte = start + (place >>> 3)
        bytes[byte] = (bytes[byte] ?? 0) | (128 >> (place & 7))
      }
    }
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

function placesIn(block: Uint8Array): number[] {
  const places: number[] = []
  for (let at = 0; at < block.length; at++) {
    const byte = block[at] ?? 0
    for (let bit = 0; byte !== 0 && bit < 8; bit++) if ((byte & (128 >> bit)) !== 0) places.push(at * 8 + bit)
  }
  return places
}

/** Counts the bits that are set: adds up neighbouring groups of 1, 2 and 4 bits, then the four bytes. */
function ones(word: number): number {
  const twos = word - ((word >>> 1) & 0x55555555)
  const fours = (twos & 0x33333333) + ((twos >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
