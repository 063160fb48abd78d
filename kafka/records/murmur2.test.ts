import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { murmur2, partitionForKey } from './murmur2.ts'

const kafkajsMurmur2 = createRequire(import.meta.url)(
  'kafkajs/src/producer/partitioners/default/murmur2',
) as (key: Buffer) => number

test('a key hashes to what kafkajs and the Java client make of it, for every length of tail', () => {
  for (let length = 0; length < 70; length++) {
    const key = Buffer.from(Array.from({ length }, (_, i) => (i * 151 + length * 7) & 0xff))
    expect(murmur2(key), `length ${length}`).toBe(kafkajsMurmur2(key))
  }
})

test('the published test vectors of the Java client hold', () => {
  // From org.apache.kafka.common.utils.UtilsTest.testMurmur2
  expect(murmur2(Buffer.from('21'))).toBe(-973932308)
  expect(murmur2(Buffer.from('foobar'))).toBe(-790332482)
  expect(murmur2(Buffer.from('a-little-bit-long-string'))).toBe(-985981536)
})

test('a key that is text comes to the partition of its bytes, whatever its letters and length', () => {
  for (const key of [
    '',
    'user-1',
    'Zoë',
    '用户',
    '😀',
    'x'.repeat(128),
    'x'.repeat(129),
    `${'x'.repeat(127)}é`,
  ])
    expect(partitionForKey(key, 1_000), key).toBe(partitionForKey(Buffer.from(key), 1_000))
})
