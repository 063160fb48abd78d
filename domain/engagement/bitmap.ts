/** Bits of a bitmap's row: table `engagement`. */
export const CHUNK_BITS = 32_768

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Members of bitmaps by chunk, collected to be written. */
export class BitmapMembers<Name> {
  readonly #bitmaps = new Map<string, { name: Name; chunks: Map<number, number[]> }>()

  /** @param key the same for the same name */
  bitmap(key: string, name: Name): (number: number) => void {
    const { chunks } = this.#held(key, name)
    return (number) => {
      const chunk = Math.floor(number / CHUNK_BITS)
      const bits = chunks.get(chunk)
      if (bits === undefined) chunks.set(chunk, [number % CHUNK_BITS])
      else bits.push(number % CHUNK_BITS)
    }
  }

  /** In an order of their own, that of the keys: rows that are beside each other are written beside each other. */
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
 * Bytes from the first to the last that has a bit, as hexadecimal digits, and how many bytes of zeros come before.
 * @param bits at least one, in any order, also several times
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
  // Bit 0 of Postgres's bit strings is the leftmost one.
  for (const bit of bits)
    bytes[(bit >> 3) - zeroBytes] = (bytes[(bit >> 3) - zeroBytes] ?? 0) | (128 >> (bit & 7))
  let hex = ''
  for (const byte of bytes) hex += HEX[byte] ?? ''
  return { zeroBytes, hex }
}
