/** Bits in one row of table `engagement`, which is one chunk of a bitmap. */
export const CHUNK_BITS = 32_768
export const CHUNK_BYTES = CHUNK_BITS / 8

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Collects members of bitmaps by chunk until they are written. */
export class BitmapMembers<Name> {
  readonly #bitmaps = new Map<string, { name: Name; chunks: Map<number, number[]> }>()

  /**
   * Returns a function that adds a member to a bitmap.
   * @param key the same text for the same name
   */
  bitmap(key: string, name: Name): (number: number) => void {
    const { chunks } = this.#held(key, name)
    return (number) => {
      const chunk = Math.floor(number / CHUNK_BITS)
      const bits = chunks.get(chunk)
      if (bits === undefined) chunks.set(chunk, [number % CHUNK_BITS])
      else bits.push(number % CHUNK_BITS)
    }
  }

  /** All chunks in order of their keys, so that neighbouring rows are written together. */
  chunks(): { name: Name; chunk: number; bits: readonly number[] }[] {
    const inOrder = [...this.#bitmaps].sort(([a], [b]) => (a < b ? -1 : 1))
    return inOrder.flatMap(([, { name, chunks }]) =>
      Array.from(chunks, ([chunk, bits]) => ({ name, chunk, bits })).sort((a, b) => a.chunk - b.chunk),
    )
  }

  #held(key: string, name: Name) {
    const held = this.#bitmaps.get(key) ?? { name, chunks: new Map<number, number[]>() }
    this.#bitmaps.set(key, held)
    return held
  }
}

/**
 * Writes the bytes from the first to the last one with a bit as hexadecimal digits, and counts the zero bytes
 * before them.
 * @param bits at least one, in any order; may repeat
 */
export function sparseHex(bits: readonly number[]): { zeroBytes: number; hex: string } {
  let first = CHUNK_BITS
  let last = 0
  for (const bit of bits) {
    if (bit < first) first = bit
    if (bit > last) last = bit
  }
  const zeroBytes = first >> 3
  const bytes = new Uint8Array((last >> 3) - zeroBytes + 1)
  // Bit 0 of a Postgres bit string is the leftmost one.
  for (const bit of bits)
    bytes[(bit >> 3) - zeroBytes] = (bytes[(bit >> 3) - zeroBytes] ?? 0) | (128 >> (bit & 7))
  let hex = ''
  for (const byte of bytes) hex += HEX[byte] ?? ''
  return { zeroBytes, hex }
}

/**
 * The numbers of the bits that are set.
 * @param start the number of the first bit, which is the leftmost one of the first byte
 */
export function numbersOfBits(bits: Uint8Array, start = 0): Int32Array {
  let count = 0
  for (let at = 0; at < bits.length; at++) count += BITS_SET[bits[at] ?? 0] ?? 0
  const found = new Int32Array(count)
  for (let at = 0, place = 0; place < count; at++) {
    for (let left = bits[at] ?? 0; left !== 0;) {
      const bit = Math.clz32(left) - 24
      found[place++] = start + at * 8 + bit
      left ^= 128 >> bit
    }
  }
  return found
}

/** How many bits of a byte are set. */
const BITS_SET = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)
