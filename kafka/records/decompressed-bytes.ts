const FIRST_BYTES = 64 * 1024
/** Up to this many bytes, a loop is faster than a call into native code. */
const LOOP_MAX_BYTES = 48

/**
 * Output of a decoder of the LZ77 family: literals, and copies of earlier output. The buffer grows as it is
 * filled, so that a header with a wrong size reserves no memory. The methods throw a RangeError if a copy
 * begins before the first byte or the output exceeds its limit.
 */
export class DecompressedBytes {
  readonly #maxBytes: number
  #bytes: Buffer
  #length = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#bytes = Buffer.allocUnsafe(Math.min(FIRST_BYTES, maxBytes))
  }

  get length(): number {
    return this.#length
  }

  written(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  literal(source: Buffer, from: number, length: number): void {
    if (from + length > source.length) throw new RangeError('a literal reaches past the input')
    this.#reserve(length)
    const to = this.#length
    if (length > LOOP_MAX_BYTES) source.copy(this.#bytes, to, from, from + length)
    else for (let i = 0; i < length; i++) this.#bytes[to + i] = source[from + i] ?? 0
    this.#length = to + length
  }

  /** Repeats what begins `distance` bytes back. If the copy overlaps its source, it repeats itself. */
  copy(distance: number, length: number): void {
    if (distance === 0 || distance > this.#length) throw new RangeError('a copy begins outside the output')
    this.#reserve(length)
    const bytes = this.#bytes
    const to = this.#length
    const from = to - distance
    if (length > LOOP_MAX_BYTES && length <= distance) bytes.copyWithin(to, from, from + length)
    else for (let i = 0; i < length; i++) bytes[to + i] = bytes[from + i] ?? 0
    this.#length = to + length
  }

  #reserve(length: number): void {
    const needed = this.#length + length
    if (needed > this.#maxBytes) throw new RangeError(`the result exceeds ${this.#maxBytes} bytes`)
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.min(this.#maxBytes, Math.max(needed, this.#bytes.length * 2)))
    this.written().copy(grown)
    this.#bytes = grown
  }
}
