/** Bits of a bitmap's row: table `activity`. */
export const CHUNK_BITS = 32_768

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Members of chunks, each chunk named by the bitmap it is of. */
export class BitmapMembers<Name extends object> {
  readonly #chunks = new Map<string, { name: Name; chunk: number; bits: Set<number> }>()

  /** @param key the same for the same name */
  add(key: string, name: Name, number: number): void {
    const chunk = Math.floor(number / CHUNK_BITS)
    const place = `${chunk}\0${key}`
    const held = this.#chunks.get(place)
    const bit = number % CHUNK_BITS
    if (held === undefined) this.#chunks.set(place, { name, chunk, bits: new Set([bit]) })
    else held.bits.add(bit)
  }

  /** In an order of their own, that of the keys: rows that are beside each other are found beside each other. */
  chunks(): { name: Name; chunk: number; bits: ReadonlySet<number> }[] {
    return [...this.#chunks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, held]) => held)
  }
}

/** Bytes from the first to the last that has a bit, as hexadecimal digits, and how many bytes of zeros come before. */
export function sparseHex(bits: ReadonlySet<number>): { zeroBytes: number; hex: string } {
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
  return { zeroBytes, hex: Array.from(bytes, (byte) => HEX[byte] ?? '').join('') }
}
