import type { ByteRange } from './byte-range.ts'

const SEED = 0x9747b28c
const M = 0x5bd1e995

/**
 * Murmur2 as Kafka's Java client hashes keys (org.apache.kafka.common.utils.Utils.murmur2), as a signed
 * 32-bit integer. kafkajs has the same function on BigInt, which is tens of times slower.
 * @param start first byte of the key in `bytes`; `end` exclusive
 */
export function murmur2(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const length = end - start
  const words = start + (length & ~3)
  let h = SEED ^ length
  for (let i = start; i < words; i += 4) {
    let k =
      byte(bytes, i) | (byte(bytes, i + 1) << 8) | (byte(bytes, i + 2) << 16) | (byte(bytes, i + 3) << 24)
    k = Math.imul(k, M)
    k ^= k >>> 24
    h = Math.imul(h, M) ^ Math.imul(k, M)
  }
  const rest = length & 3
  if (rest === 3) h ^= byte(bytes, words + 2) << 16
  if (rest >= 2) h ^= byte(bytes, words + 1) << 8
  if (rest >= 1) h = Math.imul(h ^ byte(bytes, words), M)
  h ^= h >>> 13
  h = Math.imul(h, M)
  return h ^ (h >>> 15)
}

const byte = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0

/** The partition that Kafka's default partitioner chooses for a key. Text is hashed as UTF-8. */
export const partitionForKey = (key: ByteRange | Uint8Array | string, partitions: number): number =>
  (hashKey(key) & 0x7fffffff) % partitions

function hashKey(key: ByteRange | Uint8Array | string): number {
  if (typeof key === 'string') return hashText(key)
  return 'end' in key ? murmur2(key.bytes, key.start, key.end) : murmur2(key)
}

/**
 * Short ASCII keys are written here before they are hashed, one after the other, instead of into memory of
 * their own.
 */
const scratch = new Uint8Array(128)
const MAX_ASCII = 127

function hashText(text: string): number {
  if (text.length > scratch.length) return murmur2(Buffer.from(text))
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > MAX_ASCII) return murmur2(Buffer.from(text))
    scratch[i] = code
  }
  return murmur2(scratch, 0, text.length)
}
