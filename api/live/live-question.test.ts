import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ReadToken } from '../../db/nodes/read-token.ts'
import type { AnswerPosition } from '../../domain/pipeline/answer-position.ts'
import { type LiveAnswer, startLiveQuestion, type Subscriber } from './live-question.ts'
import type { Ticker } from './ticker.ts'

const token = (position: number, timeline = 1): ReadToken => ({
  system: 's',
  timeline,
  position: BigInt(position),
})
const counted = (nextOffset: number): AnswerPosition => ({
  topic: 'user-login',
  partitions: new Map([[0, { incarnation: 0, nextOffset: BigInt(nextOffset), changes: 0n }]]),
})
const answerOf = (digest: string, shown: ReadToken | null, position = counted(0)): LiveAnswer => ({
  shown: shown === null ? null : { token: shown, position },
  ...{ digest, look: null },
  event: () => Buffer.from(`${digest}@${shown?.position ?? 'nowhere'}`),
})

/** A question whose node is always beyond what was read; `next` is what it answers from now on. */
function startQuestion(first: LiveAnswer) {
  vi.useFakeTimers()
  const state = { next: first, asked: 0, moves: true, payers: [] as string[], waitMs: 0 }
  const ticker: Ticker = {
    watch: (_, resume) => {
      if (state.moves) resume()
      return () => undefined
    },
  }
  const ask = (payers: readonly string[]) => {
    state.asked++
    state.payers = [...payers]
    return Promise.resolve(state.next)
  }
  const question = startLiveQuestion({ ask, waitMs: () => state.waitMs }, ticker)
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const join = (after: ReadToken | null = null, position: AnswerPosition | null = null, client = 'ann') => {
    const sent: string[] = []
    const tokens = after === null ? [] : [after]
    const subscriber: Subscriber = {
      client,
      after: { tokens, position },
      send: ({ event }) => sent.push(Buffer.from(event()).toString()),
    }
    question.add(subscriber)
    return { sent, leave: () => question.remove(subscriber) }
  }
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
  return { state, join, pass }
}

it('is asked for each client once that subscribes to it, however often', async () => {
  const { state, join, pass } = startQuestion(answerOf('a', token(1)))
  join()
  join()
  const { leave } = join(null, null, 'bob')
  await pass(1_000)
  expect(state.payers).toEqual(['ann', 'bob'])
  leave()
  await pass(1_000)
  expect(state.payers).toEqual(['ann'])
})

it('is asked only as often as those who subscribe have time left, and at least every half minute', async () => {
  const { state, join, pass } = startQuestion(answerOf('a', token(1)))
  state.waitMs = 4_000
  join()
  await pass(0)
  await pass(3_900)
  expect(state.asked).toBe(1)
  state.waitMs = 3_600_000
  await pass(100)
  expect(state.asked).toBe(2)
  await pass(29_900)
  expect(state.asked).toBe(2)
  await pass(100)
  expect(state.asked).toBe(3)
})

it('is asked once a second while the node moves on, and sent when it has changed', async () => {
  const { state, join, pass } = startQuestion(answerOf('a', token(1)))
  const { sent, leave } = join()
  await pass(3_500)
  expect([state.asked, sent]).toEqual([4, ['a@1']])
  state.next = answerOf('b', token(2))
  await pass(1_000)
  expect(sent).toEqual(['a@1', 'b@2'])
  expect(leave()).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
  await pass(10_000)
  expect(state.asked).toBe(5)
})

it('is asked now and then while the node stands still, because time changes answers too', async () => {
  const { state, join, pass } = startQuestion(answerOf('a', token(1)))
  const { leave } = join()
  state.moves = false
  await pass(20_500)
  expect(state.asked).toBe(5)
  leave()
})

it('a late subscriber gets the newest answer, though it says the same', async () => {
  const { state, join, pass } = startQuestion(answerOf('a', token(1)))
  const first = join()
  await pass(0)
  state.next = answerOf('a', token(9))
  await pass(1_000)
  expect([first.sent, join().sent]).toEqual([['a@1'], ['a@9']])
})

describe('nobody is taken back', () => {
  it('by a node that is behind the one before', async () => {
    const { state, join, pass } = startQuestion(answerOf('a', token(5)))
    const { sent } = join()
    for (const next of [answerOf('old', token(4)), answerOf('b', token(6))]) {
      state.next = next
      await pass(1_000)
    }
    expect(sent).toEqual(['a@5', 'b@6'])
  })

  it('by a node that is behind the one before an outage, which is told', async () => {
    const { state, join, pass } = startQuestion(answerOf('a', token(5)))
    const { sent } = join()
    for (const next of [answerOf('away', null), answerOf('old', token(4)), answerOf('a', token(5))]) {
      state.next = next
      await pass(1_000)
    }
    expect(sent).toEqual(['a@5', 'away@nowhere', 'a@5'])
  })

  it('by an API that is behind the one before; others are answered meanwhile', async () => {
    const { state, join, pass } = startQuestion(answerOf('a', token(5)))
    const other = join()
    await pass(0)
    const { sent } = join(token(7))
    state.next = answerOf('b', token(6))
    await pass(1_000)
    expect([sent, other.sent]).toEqual([[], ['a@5', 'b@6']])
    state.next = answerOf('b', token(7))
    await pass(1_000)
    expect([sent, other.sent]).toEqual([['b@7'], ['a@5', 'b@6']])
  })

  it('by who asks for what is counted: an answer that includes less is not the first', async () => {
    const { state, join, pass } = startQuestion(answerOf('a', token(5), counted(7)))
    const { sent } = join(null, counted(8))
    await pass(0)
    state.next = answerOf('b', token(6), counted(8))
    await pass(1_000)
    expect(sent).toEqual(['b@6'])
  })

  it('and an outage is told once', async () => {
    const { join, pass } = startQuestion(answerOf('away', null))
    const { sent } = join(token(7))
    await pass(5_000)
    expect(sent).toEqual(['away@nowhere'])
  })

  it('but a promoted node, whose log cannot be compared, is believed', async () => {
    const { state, join, pass } = startQuestion(answerOf('a', token(5)))
    const { sent } = join()
    await pass(0)
    state.next = answerOf('b', token(4, 2))
    await pass(1_000)
    expect([sent, join(token(9)).sent]).toEqual([['a@5', 'b@4'], ['b@4']])
  })
})
