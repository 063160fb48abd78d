const FINAL_ROUNDS = 3
const BITS_PER_BYTE = 8

/**
 * HalfSipHash-1-3 (https://www.aumasson.jp/siphash/siphash.pdf; https://github.com/veorq/SipHash,
 * halfsiphash.c). Nobody without the key can choose bytes that collide. The first word is the 32-bit hash.
 * The two words after it continue the way HalfSipHash derives the second word of its 64-bit output.
 * @param key two words
 * @param words the bytes, four to a word, little-endian, with room for one more word
 * @param length in bytes
 * @param hash receives the three words: a new object for each hash would cost as much as the hash itself
 */
export function halfSipHash(key: Int32Array, words: Int32Array, length: number, hash: Int32Array): void {
  const k0 = key[0] ?? 0
  const k1 = key[1] ?? 0
  let v0 = k0
  let v1 = k1
  let v2 = k0 ^ 0x6c796765
  let v3 = k1 ^ 0x74656462
  const last = length >>> 2
  for (let step = 0; step <= last + 3 * FINAL_ROUNDS; step++) {
    let m = 0
    if (step < last) m = words[step] ?? 0
    else if (step === last) {
      m = (length << 24) | ((words[step] ?? 0) & ((1 << (BITS_PER_BYTE * (length & 3))) - 1))
    } else if (step === last + 1) {
      v2 ^= 0xff
    } else if (step === last + 1 + FINAL_ROUNDS) {
      hash[0] = v1 ^ v3
      v1 ^= 0xdd
    } else if (step === last + 1 + 2 * FINAL_ROUNDS) {
      hash[1] = v1 ^ v3
      v1 ^= 0xdd
    }
    v3 ^= m
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    v0 ^= m
  }
  hash[2] = v1 ^ v3
}
