import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { decompress, RECORDS_MAX_BYTES } from './decompress.ts'

const text = Buffer.from('{"user_id":"a"}'.repeat(40) + 'a'.repeat(29))

// Written by the reference implementations: Google's snappy, and liblz4 with linked blocks and with
// checksums.
const snappyBlock = '9QQ4eyJ1c2VyX2lkIjoiYSJ9/g8A/g8A/g8A/g8A/g8A/g8A/g8A/g8A/g8AFQ8AYW4BAA=='
const lz4FrameWithSize = 'BCJNGGhAdQIAAAAAAAAxIQAAAP8AeyJ1c2VyX2lkIjoiYSJ9DwD//zgfYQEABFBhYWFhYQAAAAA='
const lz4FrameWithChecksums = 'BCJNGHRAvSEAAAD/AHsidXNlcl9pZCI6ImEifQ8A//84H2EBAARQYWFhYWE/C6LJAAAAAE9v8AQ='

const [GZIP, SNAPPY, LZ4, ZSTD] = [1, 2, 3, 4]
const codecs = [
  ['gzip', GZIP, gzipSync(text)],
  ['snappy, a bare block', SNAPPY, Buffer.from(snappyBlock, 'base64')],
  ["snappy, snappy-java's stream of two blocks", SNAPPY, snappyStream(halves(text).map(literalBlock))],
  ['lz4, size of the content', LZ4, Buffer.from(lz4FrameWithSize, 'base64')],
  ['lz4, linked blocks', LZ4, lz4LinkedBlocks()],
  ['lz4, checksums', LZ4, Buffer.from(lz4FrameWithChecksums, 'base64')],
  ['zstd', ZSTD, zstdCompressSync(text)],
] as const

test.for(codecs)('%s gives back what was compressed', ([, codec, bytes]) => {
  expect(decompress(codec, bytes).equals(text)).toBe(true)
})

test.for(codecs)('%s: bytes that are cut off are refused, or end at a block', ([, codec, bytes]) => {
  for (let length = 0; length < bytes.length; length++) {
    const result = resultOf(codec, bytes.subarray(0, length))
    if (result === 'refused') continue
    expect(text.subarray(0, result.length).equals(result)).toBe(true)
    // The decoder does not read the checksum at the very end.
    expect([0, halves(text)[0]?.length, text.length]).toContain(result.length)
  }
})

test.for(codecs)('%s: damaged bytes are refused, or give a bounded result', ([, codec, bytes]) => {
  for (let at = 0; at < bytes.length; at++)
    for (const damage of [0x00, 0x01, 0x7f, 0x80, 0xf0, 0xff]) {
      const damaged = Buffer.from(bytes)
      damaged[at] = damage
      const result = resultOf(codec, damaged)
      // One changed byte makes an lz4 copy longer by 255 at most. snappy's decoder compares lengths.
      if (result !== 'refused') expect(result.length).toBeLessThan(text.length + 256)
    }
})

function resultOf(codec: number, bytes: Buffer): Buffer | 'refused' {
  try {
    return decompress(codec, bytes)
  } catch {
    return 'refused'
  }
}

const zeros = Buffer.alloc(RECORDS_MAX_BYTES + 1)
test.for([
  ['gzip', GZIP, () => gzipSync(zeros)],
  ['snappy', SNAPPY, () => snappyStream(Array.from({ length: 2_049 }, () => zerosBlock(64 * 1024)))],
  ['lz4', LZ4, () => lz4Zeros(RECORDS_MAX_BYTES + 1)],
  ['zstd', ZSTD, () => zstdCompressSync(zeros)],
] as const)('%s: a few bytes that would become more than 128 MiB are refused', ([, codec, bomb]) => {
  expect(() => decompress(codec, bomb())).toThrow(/134217728 bytes/)
})

test('a length that lies is refused before anything is reserved for it', () => {
  const fourGigabytes = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0])
  expect(() => decompress(SNAPPY, fourGigabytes)).toThrow('reaches past the input')
})

test('a codec that is not known is named', () => {
  expect(() => decompress(5, text)).toThrow(
    'codec number 5 is not known; Rollcall reads gzip, snappy, lz4 and zstd',
  )
})

function halves(bytes: Buffer): Buffer[] {
  const middle = bytes.length >> 1
  return [bytes.subarray(0, middle), bytes.subarray(middle)]
}

/** snappy-java's stream: magic, two versions, and before each block its length. */
function snappyStream(blocks: Buffer[]): Buffer {
  const header = Buffer.from('\x82SNAPPY\0\0\0\0\x01\0\0\0\x01', 'latin1')
  const chunks = blocks.flatMap((block) => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(block.length)
    return [length, block]
  })
  return Buffer.concat([header, ...chunks])
}

/** A length below 2^14, and one literal whose length takes two bytes. */
function literalBlock(bytes: Buffer): Buffer {
  const { length } = bytes
  const header = [(length & 0x7f) | 0x80, length >> 7, 61 << 2, (length - 1) & 0xff, (length - 1) >> 8]
  return Buffer.concat([Buffer.from(header), bytes])
}

/** A block of up to 64 KiB: a zero, and copies of up to 64 bytes from one byte back. */
function zerosBlock(length: number): Buffer {
  const copies = Array.from({ length: Math.ceil((length - 1) / 64) }, (_, i) => {
    const size = Math.min(64, length - 1 - i * 64)
    return [((size - 1) << 2) | 2, 1, 0]
  })
  return Buffer.from([0x80, 0x80, 0x04, 0, 0, ...copies.flat()])
}

/** A frame of `text`: a block with its first object, and one that copies from the block before it. */
function lz4LinkedBlocks(): Buffer {
  const object = Buffer.from('{"user_id":"a"}')
  const first = Buffer.concat([Buffer.from([0xf0, 0]), object])
  // 585 bytes from 15 bytes back: 4 + 15 + 255 + 255 + 56. Then a literal of 29 bytes.
  const second = Buffer.concat([
    Buffer.from([0x0f, 15, 0, 255, 255, 56, 0xf0, 14]),
    Buffer.from('a'.repeat(29)),
  ])
  const blocks = [first, second].flatMap((block) => [int32le(block.length), block])
  return Buffer.concat([Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x40, 0x70, 0]), ...blocks, int32le(0)])
}

function int32le(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

/** One block: a zero, and a copy from one byte back whose length continues in bytes of 255. */
function lz4Zeros(length: number): Buffer {
  const copied = length - 1 - 4 - 15
  const rest = Buffer.alloc(Math.floor(copied / 255) + 1, 0xff)
  rest[rest.length - 1] = copied % 255
  const block = Buffer.concat([Buffer.from([0x1f, 0, 1, 0]), rest, Buffer.from([0])])
  const header = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0, 0, 0, 0, 0])
  header.writeUInt32LE(block.length, 7)
  return Buffer.concat([header, block, Buffer.alloc(4)])
}
