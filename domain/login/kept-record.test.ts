import { expect, it } from 'vitest'
import { keepRecord } from './kept-record.ts'

const LIMIT = 100_000
const record = (change: object = {}) => ({
  offset: 0n,
  timestamp: 0,
  key: new Uint8Array(10),
  value: new Uint8Array(20).fill(7),
  headers: [['a', new Uint8Array(3)] as const],
  ...change,
})
const keep = (change: object) => keepRecord(record(change), LIMIT, (bytes) => `hash of ${bytes.length}`)
const sizeOf = ({ key, value, headers }: ReturnType<typeof keep>) =>
  headers.reduce((sum, [name, bytes]) => sum + 3 * name.length + (bytes?.length ?? 0), 0) +
  (key?.length ?? 0) +
  (value?.length ?? 0)

it('keeps a record whole up to the limit, tombstones and records without a key too', () => {
  for (const change of [{}, { value: null }, { key: null }, { value: new Uint8Array(LIMIT - 100) }])
    expect(keep(change)).toMatchObject({ cut: null })
})

it.each<[string, object, object]>([
  ['a large value', { value: new Uint8Array(LIMIT) }, { valueBytes: LIMIT, valueSha256: `hash of ${LIMIT}` }],
  ['a large key', { key: new Uint8Array(LIMIT) }, { keyBytes: LIMIT, valueBytes: null, valueSha256: null }],
  [
    'a large key of a tombstone',
    { key: new Uint8Array(LIMIT), value: null },
    { keyBytes: LIMIT, valueBytes: null },
  ],
  ['a large header', { headers: [['a', new Uint8Array(LIMIT)]] }, { headers: 1, valueBytes: null }],
  ['a long header name', { headers: [['n'.repeat(LIMIT), null]] }, { headers: 1 }],
  ['many headers', { headers: Array.from({ length: 20_000 }, () => ['', null]) }, { headers: 20_000 }],
])('keeps the beginning of %s, and says what is missing', (_name, change, cut) => {
  const kept = keep(change)
  expect(kept.cut).toMatchObject(cut)
  expect(sizeOf(kept)).toBeLessThan(10_000)
})
