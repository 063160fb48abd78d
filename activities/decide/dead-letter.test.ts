import { expect, it } from 'vitest'
import type { SourceRecord } from '../../domain/login/record.ts'
import { deadLetter } from './dead-letter.ts'

const why = { reason: 'not_json', detail: 'no JSON', source: 'user-login/0/7', schemaVersion: '1' }
const record = (change: Partial<SourceRecord> = {}): SourceRecord => ({
  offset: 7n,
  timestamp: 0,
  key: Buffer.from('key'),
  value: Buffer.from('no login'),
  headers: [['trace', Buffer.from('1')]],
  ...change,
})
const LIMIT = 1_048_588

/** The record that the queue holds, as somebody would read and send it again. */
const again = (from: SourceRecord): SourceRecord => {
  const { key, value, headers } = deadLetter(from, why, LIMIT)
  const bytes = (field: unknown) => (field === null ? null : Buffer.from(field as string))
  return record({
    key: bytes(key),
    value: bytes(value),
    headers: headers.map(([name, header]) => [name as string, bytes(header)]),
  })
}
const headersOf = (from: SourceRecord, limit = LIMIT) =>
  deadLetter(from, why, limit).headers.map(([name, value]) => [name, Buffer.from(value as string).toString()])

it('keeps key, value and headers, and adds why and whence', () => {
  expect(deadLetter(record(), why, LIMIT)).toMatchObject({
    key: Buffer.from('key'),
    value: Buffer.from('no login'),
  })
  expect(headersOf(record())).toEqual([
    ['trace', '1'],
    ['rollcall-reason', 'not_json'],
    ['rollcall-detail', 'no JSON'],
    ['rollcall-schema-version', '1'],
    ['rollcall-source', 'user-login/0/7'],
    ['rollcall-passes', '1'],
  ])
})

it('one that is fed back carries one set of headers, however often it passes, and says how often', () => {
  let fed = record()
  for (let pass = 1; pass <= 4; pass++) {
    const headers = headersOf(fed)
    expect(headers).toHaveLength(6)
    expect(headers.at(-1)).toEqual(['rollcall-passes', String(pass)])
    fed = again(fed)
  }
})

it('one that an earlier version buried counts as one pass, and a count that is none as well', () => {
  const headers = (passes: string | null): SourceRecord['headers'] => [
    ['rollcall-reason', Buffer.from('not_utf8')],
    ...(passes === null ? [] : [['rollcall-passes', Buffer.from(passes)] as const]),
  ]
  for (const passes of [null, '', 'x', '-3', '1e99', '0'])
    expect(headersOf(record({ headers: headers(passes) })).at(-1)).toEqual(['rollcall-passes', '2'])
  expect(headersOf(record({ headers: headers('41') })).at(-1)).toEqual(['rollcall-passes', '42'])
})

it('what the topic has no room for is cut, with the size and the digest of the whole', () => {
  const value = Buffer.alloc(60_000, 'x')
  const letter = deadLetter(record({ value }), why, 65_000)
  expect(letter.value).toEqual(value.subarray(0, 4_096))
  expect(headersOf(record({ value }), 65_000).slice(-3)).toEqual([
    ['rollcall-cut', 'value'],
    ['rollcall-value-bytes', '60000'],
    ['rollcall-value-sha256', expect.stringMatching(/^[0-9a-f]{64}$/)],
  ])
  expect(deadLetter(record({ value }), why, 70_000).value).toEqual(value)
})
