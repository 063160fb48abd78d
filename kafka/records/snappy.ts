import { DecompressedBytes } from './decompressed-bytes.ts'

// Block format: https://github.com/google/snappy/blob/main/format_description.txt

/**
 * What snappy-java's stream begins with. Two int32 versions follow, then chunks of an int32 length and a
 * block.
 */
const STREAM_MAGIC = Buffer.from('\x82SNAPPY\0', 'latin1')
const STREAM_HEADER_BYTES = STREAM_MAGIC.length + 8
const CHUNK_HEADER_BYTES = 4

/**
 * Decompresses what Kafka clients write for snappy: the Java client writes snappy-java's stream, librdkafka a
 * single bare block.
 * @throws {RangeError} the bytes are malformed, or the result exceeds `maxBytes`
 */
export function unsnappy(input: Buffer, maxBytes: number): Buffer {
  const output = new DecompressedBytes(maxBytes)
  if (!input.subarray(0, STREAM_MAGIC.length).equals(STREAM_MAGIC)) decodeBlock(input, output)
  else
    for (let at = STREAM_HEADER_BYTES; at < input.length;) {
      const from = at + CHUNK_HEADER_BYTES
      at = from + input.readUInt32BE(at)
      if (at > input.length) throw new RangeError('a snappy chunk reaches past the input')
      decodeBlock(input.subarray(from, at), output)
    }
  return output.written()
}

/** A tag whose upper six bits exceed this value says how many bytes the length takes. */
const LITERAL_MAX_SHORT = 59

function decodeBlock(block: Buffer, output: DecompressedBytes): void {
  const start = output.length
  const { value: length, at: first } = readLength(block)
  let at = first
  while (at < block.length) {
    const tag = block.readUInt8(at++)
    const upper = tag >> 2
    if ((tag & 3) === 0) {
      const lengthBytes = Math.max(0, upper - LITERAL_MAX_SHORT)
      const size = (lengthBytes === 0 ? upper : block.readUIntLE(at, lengthBytes)) + 1
      at += lengthBytes
      output.literal(block, at, size)
      at += size
    } else {
      const distanceBytes = [0, 1, 2, 4][tag & 3] ?? 0
      const low = block.readUIntLE(at, distanceBytes)
      at += distanceBytes
      const distance = distanceBytes === 1 ? ((upper >> 3) << 8) | low : low
      if (distance > output.length - start) throw new RangeError('a snappy copy begins before its block')
      output.copy(distance, distanceBytes === 1 ? (upper & 7) + 4 : upper + 1)
    }
    if (output.length - start > length) break
  }
  if (output.length - start !== length)
    throw new RangeError('a snappy block is not as long as its header says')
}

/** Reads a varint of 32 bits. */
function readLength(block: Buffer): { value: number; at: number } {
  let value = 0
  for (let at = 0; at < 5; at++) {
    const byte = block.readUInt8(at)
    value += (byte & 0x7f) * 2 ** (7 * at)
    if (byte < 0x80) return { value, at: at + 1 }
  }
  throw new RangeError('a snappy length has no end')
}
