import { describe, expect, it } from 'vitest'
import { fateInLog } from './named-record.ts'
import type { Fate } from './offset-fate.ts'
import { logOf, TOPIC_ID } from './partition-log-fixture.ts'

const next = (offset: number, more = {}) => ({
  ...{ topicId: TOPIC_ID, nextOffset: BigInt(offset), isRetired: false },
  ...more,
})
const fateOf = (
  offset: number,
  fate: Fate,
  ...beside: [Parameters<typeof fateInLog>[2], Parameters<typeof fateInLog>[3]]
) => fateInLog(BigInt(offset), fate, ...beside)
const OTHER = { topicId: '00000000-0000-4000-8000-000000000002' }

describe('the fate of an offset, beside its log in Kafka', () => {
  it('is that of the ledger while the log is read', () => {
    for (const fate of ['login', 'reject', 'parked', 'unread'] as const)
      expect(fateOf(5, fate, logOf(0, 0, 10), next(7))).toBe(fate)
    expect(fateOf(5, 'unread', logOf(0, 0, 10), null)).toBe('unread')
  })

  it('is lost when Kafka deleted it before it was read, and what comes behind waits for an operator', () => {
    expect(fateOf(5, 'unread', logOf(0, 8, 10), next(5))).toBe('lost')
    expect(fateOf(8, 'unread', logOf(0, 8, 10), next(5))).toBe('halted')
    expect(fateOf(4, 'login', logOf(0, 8, 10), next(5))).toBe('login')
    expect(fateOf(5, 'unread', null, next(5))).toBe('lost')
    expect(fateOf(4, 'login', null, next(5))).toBe('login')
  })

  it('is not that of the log before, whose offsets come again', () => {
    expect(fateOf(4, 'login', logOf(0, 0, 10, OTHER), next(7))).toBe('halted')
    expect(fateOf(4, 'login', logOf(0, 0, 5), next(7))).toBe('halted')
    expect(fateOf(4, 'login', logOf(0, 0, 10, OTHER), next(7, { isRetired: true }))).toBe('unread')
  })
})
