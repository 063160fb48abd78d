const BYTES_PER_UNIT = 2
const UNITS_PER_WORD = 4
const FINAL_ROUNDS = 3

/**
 * SipHash-1-3 with 128 bits of output over the UTF-16 (little-endian) of a text: without the key nobody can choose texts
 * that meet (https://www.aumasson.jp/siphash/siphash.pdf; https://github.com/veorq/SipHash for the longer output).
 * Words of 64 bits are two of 32 here, the low one first.
 * @param key of 128 bits, four words
 * @param hash where the four words of the hash are left: objects for each would cost as much as the hash
 */
export function sipHash(key: Int32Array, text: string, hash: Int32Array): void {
  const k0 = key[0] ?? 0
  const k1 = key[1] ?? 0
  const k2 = key[2] ?? 0
  const k3 = key[3] ?? 0
  let v0 = k0 ^ 0x70736575
  let V0 = k1 ^ 0x736f6d65
  let v1 = k2 ^ 0x6e646f6d ^ 0xee
  let V1 = k3 ^ 0x646f7261
  let v2 = k0 ^ 0x6e657261
  let V2 = k1 ^ 0x6c796765
  let v3 = k2 ^ 0x79746573
  let V3 = k3 ^ 0x74656462
  const words = Math.floor(text.length / UNITS_PER_WORD) + 1
  for (let step = 0; step < words + 2 * FINAL_ROUNDS; step++) {
    let m = 0
    let M = 0
    if (step < words) {
      const at = step * UNITS_PER_WORD
      m = unit(text, at) | (unit(text, at + 1) << 16)
      M = unit(text, at + 2) | (unit(text, at + 3) << 16)
      if (step === words - 1) M |= (text.length * BYTES_PER_UNIT) << 24
    } else if (step === words) {
      v2 ^= 0xee
    } else if (step === words + FINAL_ROUNDS) {
      hash[0] = v0 ^ v1 ^ v2 ^ v3
      hash[1] = V0 ^ V1 ^ V2 ^ V3
      v1 ^= 0xdd
    }
    v3 ^= m
    V3 ^= M
    // One SipRound: four additions, each with its rotation.
    let t = (v0 + v1) | 0
    V0 = (V0 + V1 + carry(v0, v1, t)) | 0
    v0 = t
    t = v1
    v1 = ((v1 << 13) | (V1 >>> 19)) ^ v0
    V1 = ((V1 << 13) | (t >>> 19)) ^ V0
    t = v0
    v0 = V0
    V0 = t
    t = (v2 + v3) | 0
    V2 = (V2 + V3 + carry(v2, v3, t)) | 0
    v2 = t
    t = v3
    v3 = ((v3 << 16) | (V3 >>> 16)) ^ v2
    V3 = ((V3 << 16) | (t >>> 16)) ^ V2
    t = (v0 + v3) | 0
    V0 = (V0 + V3 + carry(v0, v3, t)) | 0
    v0 = t
    t = v3
    v3 = ((v3 << 21) | (V3 >>> 11)) ^ v0
    V3 = ((V3 << 21) | (t >>> 11)) ^ V0
    t = (v2 + v1) | 0
    V2 = (V2 + V1 + carry(v2, v1, t)) | 0
    v2 = t
    t = v1
    v1 = ((v1 << 17) | (V1 >>> 15)) ^ v2
    V1 = ((V1 << 17) | (t >>> 15)) ^ V2
    t = v2
    v2 = V2
    V2 = t
    v0 ^= m
    V0 ^= M
  }
  hash[2] = v0 ^ v1 ^ v2 ^ v3
  hash[3] = V0 ^ V1 ^ V2 ^ V3
}

const unit = (text: string, at: number): number => (at < text.length ? text.charCodeAt(at) : 0)

/** Of an addition of 32 bits, without a branch: the processor would guess half of them wrong. */
const carry = (a: number, b: number, sum: number): number => ((a & b) | ((a | b) & ~sum)) >>> 31
