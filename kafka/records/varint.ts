/** A position in a buffer that reads advance. */
export type Cursor = { buffer: Buffer; at: number }

/**
 * Reads a zig-zag varint of up to 64 bits (Protocol Buffers' sint64, as Kafka records use it) as a number.
 * Values beyond 2^53 lose precision; offsets and lengths stay below.
 * @throws {RangeError} the buffer ends, or the varint has more than 10 bytes
 */
export function readVarint(cursor: Cursor): number {
  const { buffer } = cursor
  let result = 0
  let scale = 1
  for (let i = 0; i < 10; i++) {
    const byte = buffer[cursor.at++]
    if (byte === undefined) break
    result += (byte & 0x7f) * scale
    if (byte < 0x80) return result % 2 === 0 ? result / 2 : -(result + 1) / 2
    scale *= 128
  }
  throw new RangeError('a varint has no end')
}

/** Like {@link readVarint}, but exact. */
export function readBigVarint(cursor: Cursor): bigint {
  const { buffer } = cursor
  let zigzag = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = buffer[cursor.at++]
    if (byte === undefined) break
    zigzag |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return (zigzag >> 1n) ^ -(zigzag & 1n)
  }
  throw new RangeError('a varint has no end')
}

/** Number of bytes that `writeVarint` takes for a value of at most 31 bits. */
export function varintSize(value: number): number {
  const zigzag = zigzag32(value)
  if (zigzag < 0x80) return 1
  if (zigzag < 0x4000) return 2
  if (zigzag < 0x200000) return 3
  return zigzag < 0x10000000 ? 4 : 5
}

/** Writes a value of at most 31 bits and returns the index after it. */
export function writeVarint(buffer: Uint8Array, at: number, value: number): number {
  let rest = zigzag32(value)
  while (rest >= 0x80) {
    buffer[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  buffer[at++] = rest
  return at
}

const zigzag32 = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0
