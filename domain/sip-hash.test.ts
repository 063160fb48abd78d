import { expect, test } from 'vitest'
import { sipHash } from './sip-hash.ts'

// Made by OpenSSL 3.0: openssl mac -macopt size:16 -macopt c-rounds:1 -macopt d-rounds:3 -macopt hexkey:0001…0f SIPHASH
const MADE_BY_OPENSSL = {
  '': 'e77ebcb22788a5befd62db6add303001',
  a: '0e767f17ada93f4b0c493f984ed70b25',
  abc: '164788226f3c789bebb8bcd75bfc3c7c',
  abcd: 'd378046ecb8bb9e1b29668aec2a29e54',
  'user-0123456789': 'e8e3aacec52555f6493c2cc94612ad21',
  '7c9e6679-7425-40de-944b-e07fc1f90ae7': '72e4a648287510e9d7904f651623981a',
  'ü😀': 'f2749c44a160d27c2175b30e12500c05',
}

test('hashes the UTF-16 of a text as another implementation does', () => {
  const key = new Int32Array(Uint8Array.from({ length: 16 }, (_, n) => n).buffer)
  const hash = new Int32Array(4)
  const hashed = Object.keys(MADE_BY_OPENSSL).map((text) => {
    sipHash(key, text, hash)
    return [text, Buffer.from(hash.buffer).toString('hex')]
  })
  expect(Object.fromEntries(hashed)).toEqual(MADE_BY_OPENSSL)
})
