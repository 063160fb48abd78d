import { CHUNK_BITS } from './bitmap.ts'

/** Bytes at first; it grows by itself. */
const SMALL = 4_096

/** Members by number, each once, in a bit for each number up to the largest. */
export class MemberSet {
  /** In the order of Postgres's bit strings: bit 0 is the leftmost one. */
  #bytes = new Uint8Array(SMALL)

  add(number: number): void {
    const at = number >>> 3
    if (at >= this.#bytes.length) this.#grow(at + 1)
    this.#bytes[at] = (this.#bytes[at] ?? 0) | (128 >> (number & 7))
  }

  /** @param numbers 4 bytes each, the highest first */
  addNumbers(numbers: Buffer): void {
    for (let at = 0; at < numbers.length; at += 4) this.add(numbers.readInt32BE(at))
  }

  /** Those of `numbers` whose minute, a byte each, is in [from, to). */
  addNumbersOf(numbers: Buffer, minutes: Uint8Array, { from, to }: { from: number; to: number }): void {
    minutes.forEach((minute, place) => {
      if (minute >= from && minute < to) this.add(numbers.readInt32BE(place * 4))
    })
  }

  /** @param bits of one row of table `activity` */
  addBits(chunk: number, bits: Uint8Array): void {
    const start = (chunk * CHUNK_BITS) / 8
    if (start + bits.length > this.#bytes.length) this.#grow(start + bits.length)
    const bytes = this.#bytes
    for (let at = 0; at < bits.length; at++) bytes[start + at] = (bytes[start + at] ?? 0) | (bits[at] ?? 0)
  }

  /** @param gaps of another set */
  addGaps(gaps: Uint8Array): void {
    let number = -1
    let gap = 0
    let shift = 0
    for (const byte of gaps) {
      gap |= (byte & 127) << shift
      shift += 7
      if (byte >= 128) continue
      number += gap
      this.add(number)
      gap = 0
      shift = 0
    }
  }

  /**
   * The members in order, each as what it is above the one before, the first above -1: 7 bits a byte, the lowest first, the
   * highest bit says that more follow.
   */
  gaps(): Uint8Array {
    const gaps: number[] = []
    let before = -1
    this.#bytes.forEach((byte, at) => {
      for (let bit = 0; byte !== 0 && bit < 8; bit++) {
        if ((byte & (128 >> bit)) === 0) continue
        const number = at * 8 + bit
        let gap = number - before
        for (; gap >= 128; gap >>>= 7) gaps.push((gap & 127) | 128)
        gaps.push(gap)
        before = number
      }
    })
    return Uint8Array.from(gaps)
  }

  get size(): number {
    let size = 0
    for (const word of new Uint32Array(this.#bytes.buffer)) size += ones(word)
    return size
  }

  #grow(atLeast: number): void {
    let length = this.#bytes.length
    while (length < atLeast) length *= 2
    const bytes = new Uint8Array(length)
    bytes.set(this.#bytes)
    this.#bytes = bytes
  }
}

/** Sums of 2, 4, 8 bits beside each other, and of the four of them. */
function ones(word: number): number {
  const twos = word - ((word >>> 1) & 0x55555555)
  const fours = (twos & 0x33333333) + ((twos >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
