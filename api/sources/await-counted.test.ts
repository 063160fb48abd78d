import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { KafkaPosition } from '../../domain/pipeline/kafka-position.ts'
import type { ReadToken } from '../../db/nodes/read-token.ts'
import type { RecordSeen } from '../context/record-seen.ts'
import type { Counted } from '../context/source-types.ts'
import { createAwaitCounted } from './await-counted.ts'
import type { LookFor } from './records-seen.ts'

const topic = 'user-login'
const position = { topic, partitions: new Map() }
const at = (offset: number): KafkaPosition => ({ topic, partition: 0, offset: BigInt(offset) })
const naming = (offsets: KafkaPosition[], timeoutMs = 5_000, areSetsRead = false) => ({
  records: { offsets, events: [], answers: [] },
  ...{ tokens: [] as ReadToken[], timeoutMs, areSetsRead },
})
const shown: ReadToken = { system: '7', timeline: 1, position: 99n }
const here = new AbortController().signal

/** A partition that is counted up to an offset, which a test moves. */
function startCounting() {
  vi.useFakeTimers()
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const state = {
    ...{ next: 0, looks: 0, lookedFor: 0, isLatest: true },
    fate: null as RecordSeen['fate'] | null,
    /** From when on the sets lack what was counted, up to now; what is counted is so at the number of its offset. */
    lackFrom: null as bigint | null,
    /** Where the log ends; null: Kafka is not asked. */
    logEnd: null as bigint | null,
  }
  const lookFor: LookFor = ({ offsets, areSetsRead }) => {
    state.looks++
    state.lookedFor = Math.max(state.lookedFor, offsets.length)
    const seenOf = ({ offset }: KafkaPosition): RecordSeen => {
      const behind = offset + 1n - BigInt(state.next)
      const fate = state.fate ?? (behind > 0n ? 'unread' : 'login')
      const { logEnd } = state
      const isUnwritten = logEnd !== null && offset >= logEnd
      return { what: `offset ${offset}`, fate, behind, logEnd, isUnwritten, writtenAt: offset }
    }
    return Promise.resolve({
      of: ({ offsets: named }) => named.map(seenOf),
      position,
      sets: areSetsRead ? { lackFrom: state.lackFrom, writtenTo: BigInt(state.next), shown } : null,
      isLatest: state.isLatest,
    })
  }
  const waits = createAwaitCounted(topic, lookFor)
  const until = (...asked: Parameters<typeof naming>) => {
    const outcome = { ended: null as unknown }
    waits.until(naming(...asked), here).then(
      (counted) => (outcome.ended = counted),
      (error: unknown) => (outcome.ended = error),
    )
    return outcome
  }
  return { state, waits, until, pass: (ms: number) => vi.advanceTimersByTimeAsync(ms) }
}

const refusal = (code: string, details = {}) => ({ extensions: { code, ...details } })

describe('a question that names offsets', () => {
  it('waits until the last of them is counted', async () => {
    const { state, until, pass } = startCounting()
    const question = until([at(5), at(3)])
    state.next = 4
    await pass(1_000)
    expect(question.ended).toBeNull()
    state.next = 6
    await pass(100)
    expect(question.ended).toEqual({ position, inSets: null })
    const { looks } = state
    await pass(10_000)
    expect([state.looks, vi.getTimerCount()]).toEqual([looks, 0])
  })

  it('is refused once its time has passed, and told how many offsets are missing', async () => {
    const { until, pass } = startCounting()
    const [impatient, patient] = [until([at(5)], 0), until([at(7)], 500)]
    await pass(0)
    expect(impatient.ended).toMatchObject(refusal('NOT_YET_COUNTED', { fate: 'UNREAD', behind: 6 }))
    await pass(400)
    expect(patient.ended).toBeNull()
    await pass(200)
    expect(patient.ended).toMatchObject(refusal('NOT_YET_COUNTED', { fate: 'UNREAD', behind: 8 }))
  })

  it('is told where the log ends, and that an offset behind it is not written yet', async () => {
    const { state, until, pass } = startCounting()
    state.logEnd = 6n
    const [written, unwritten] = [until([at(5)], 0), until([at(6)], 0)]
    await pass(50)
    expect(written.ended).toMatchObject(refusal('NOT_YET_COUNTED', { behind: 6, logEnd: '6' }))
    expect(written.ended).toMatchObject({ message: expect.stringContaining('6 offsets have to') as unknown })
    expect(unwritten.ended).toMatchObject(refusal('NOT_YET_COUNTED', { behind: 7, logEnd: '6' }))
    expect(unwritten.ended).toMatchObject({
      message:
        'offset 6 was not counted within 0 ms, and Kafka has not written it yet: its next record gets offset 6: ask again, ' +
        'or with a longer x-rollcall-read-timeout-ms; `ingestion { state problems { message } }` says whether ingestion is paused or held up',
    })
  })

  it.each(['reject', 'parked', 'skipped', 'before_first_read', 'unaccounted', 'lost', 'halted'] as const)(
    'is refused at once when one of them is not counted by itself: %s',
    async (fate) => {
      const { state, until, pass } = startCounting()
      state.fate = fate
      const question = until([at(5)])
      await pass(0)
      expect(question.ended).toMatchObject(refusal('NEVER_COUNTED', { fate: fate.toUpperCase() }))
    },
  )

  it('but not on the word of a replica, which may not know of the replay yet', async () => {
    const { state, until, pass } = startCounting()
    Object.assign(state, { fate: 'parked', isLatest: false })
    const question = until([at(5)], 500)
    await pass(400)
    expect(question.ended).toBeNull()
    await pass(200)
    expect(question.ended).toMatchObject(refusal('NOT_YET_COUNTED', { fate: 'PARKED' }))
  })

  it('shares its looks with all who wait, and the same offset is looked for once', async () => {
    const { state, until, pass } = startCounting()
    const questions = Array.from({ length: 500 }, () => until([at(5), at(6)]))
    await pass(1_000)
    expect(state.lookedFor).toBe(2)
    expect(state.looks).toBeLessThan(50)
    state.next = 7
    await pass(100)
    expect(questions.every(({ ended }) => (ended as Counted | null)?.position === position)).toBe(true)
  })

  it('is refused while too many records are waited for', async () => {
    const { until, pass } = startCounting()
    Array.from({ length: 100 }, (_, i) => until(Array.from({ length: 50 }, (_, n) => at(50 * i + n))))
    const question = until([at(1)])
    await pass(0)
    expect(question.ended).toMatchObject(refusal('DATABASE_BUSY', { cap: 5_000 }))
  })

  it('of another topic is refused', async () => {
    const { until, pass } = startCounting()
    const question = until([{ ...at(5), topic: 'other' }])
    await pass(0)
    expect(question.ended).toMatchObject(refusal('NOT_FOUND'))
  })

  it('ends when its client has gone, when the API stops, or when no node can be asked', async () => {
    const { waits, until, pass } = startCounting()
    const client = new AbortController()
    const gone = waits.until(naming([at(5)], 30_000), client.signal).catch((error: unknown) => error)
    client.abort()
    await pass(50)
    expect(await gone).toMatchObject(refusal('NOT_YET_COUNTED'))
    const goneBefore = { ended: null as unknown }
    waits
      .until(naming([at(5)], 30_000), AbortSignal.abort())
      .catch((error: unknown) => (goneBefore.ended = error))
    await pass(50)
    expect(goneBefore.ended).toMatchObject(refusal('NOT_YET_COUNTED'))
    const question = until([at(5)], 30_000)
    waits.stop()
    await pass(50)
    expect(question.ended).toMatchObject(refusal('NOT_YET_COUNTED'))
    const away = createAwaitCounted(topic, () => Promise.reject(new Error('away')))
    await expect(away.until(naming([at(5)]), here)).rejects.toThrow('away')
  })
})

describe('a question that reads sets', () => {
  it('waits until they have what it names and all before it, and for nothing that came later', async () => {
    const { state, until, pass } = startCounting()
    Object.assign(state, { next: 4, lackFrom: 2n })
    const question = until([at(3), at(5)], 30_000, true)
    await pass(100)
    state.next = 9
    for (const lackFrom of [2n, 4n, 5n]) {
      state.lackFrom = lackFrom
      await pass(100)
      expect(question.ended).toBeNull()
    }
    state.lackFrom = 6n
    await pass(100)
    expect(question.ended).toEqual({ position, inSets: { writtenAt: 5n, shown } })
  })

  it('is refused with the reason when they do not follow in time, while counts alone are answered at once', async () => {
    const { state, until, pass } = startCounting()
    Object.assign(state, { next: 6, lackFrom: 1n })
    const [sets, counts] = [until([at(5)], 500, true), until([at(5)], 500)]
    await pass(50)
    expect([sets.ended, counts.ended]).toEqual([null, { position, inSets: null }])
    await pass(600)
    expect(sets.ended).toMatchObject(refusal('NOT_YET_COUNTED', { fate: 'PENDING_ROLLUP' }))
  })

  it('waits for what a command wrote, which a replica may not show yet', async () => {
    const { state, waits, pass } = startCounting()
    Object.assign(state, { isLatest: false, next: 7, lackFrom: 6n })
    const ask = (position: bigint) => {
      const asked = { ...naming([], 500, true), tokens: [{ ...shown, position }] }
      return waits.until(asked, here).catch((error: unknown) => error)
    }
    const [early, late] = [ask(99n), ask(100n)]
    await pass(100)
    Object.assign(state, { next: 9, lackFrom: 8n })
    await pass(600)
    expect(await early).toEqual({ position, inSets: { writtenAt: 7n, shown } })
    expect(await late).toMatchObject(refusal('NOT_YET_COUNTED', { fate: 'UNREAD' }))
  })
})
