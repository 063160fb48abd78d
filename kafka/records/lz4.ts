import { DecompressedBytes } from './decompressed-bytes.ts'

// Formats: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md, and lz4_Block_format.md beside it.
// Checksums are skipped, because the checksum of the record batch around the frame has been compared.

const FRAME_MAGIC = 0x184d2204
const VERSION = 1
const BLOCK_CHECKSUMS = 0x10
const CONTENT_SIZE = 0x08
const DICTIONARY = 0x01
const CHECKSUM_BYTES = 4

const UNCOMPRESSED = 0x80000000

/**
 * Decompresses one LZ4 frame.
 * @throws {RangeError} the bytes are malformed, or the result exceeds `maxBytes`
 */
export function unlz4(frame: Buffer, maxBytes: number): Buffer {
  const output = new DecompressedBytes(maxBytes)
  if (frame.readUInt32LE(0) !== FRAME_MAGIC) throw new RangeError('the bytes are not an LZ4 frame')
  const flags = frame.readUInt8(4)
  if (flags >> 6 !== VERSION)
    throw new RangeError(`the LZ4 frame has version ${flags >> 6}; Rollcall reads version ${VERSION}`)
  if ((flags & DICTIONARY) !== 0) throw new RangeError('the LZ4 frame needs a dictionary')
  // Magic, flags, block size, perhaps the content size, and one byte of header checksum.
  let at = (flags & CONTENT_SIZE) === 0 ? 7 : 15
  for (;;) {
    const sizeWord = frame.readUInt32LE(at)
    if (sizeWord === 0) return output.written()
    const from = at + 4
    const to = from + (sizeWord & ~UNCOMPRESSED)
    if (to > frame.length) throw new RangeError('an LZ4 block reaches past its frame')
    if (sizeWord >= UNCOMPRESSED) output.literal(frame, from, to - from)
    else decodeBlock(frame.subarray(from, to), output)
    at = (flags & BLOCK_CHECKSUMS) === 0 ? to : to + CHECKSUM_BYTES
  }
}

/** A four-bit length with all bits set continues in the bytes that follow. */
const LONG = 15
const SHORTEST_COPY = 4

/** Decodes sequences of a literal and a copy. The last one ends after its literal. */
function decodeBlock(block: Buffer, output: DecompressedBytes): void {
  let at = 0
  const readRest = (): number => {
    let rest = 0
    for (;;) {
      const byte = block.readUInt8(at++)
      rest += byte
      if (byte !== 0xff) return rest
    }
  }
  for (;;) {
    const token = block.readUInt8(at++)
    const literal = token >> 4 === LONG ? LONG + readRest() : token >> 4
    output.literal(block, at, literal)
    at += literal
    if (at === block.length) return
    const distance = block.readUInt16LE(at)
    at += 2
    const copied = token & LONG
    output.copy(distance, SHORTEST_COPY + (copied === LONG ? LONG + readRest() : copied))
  }
}
