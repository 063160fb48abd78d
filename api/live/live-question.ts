import { type AnswerPosition, includesPosition } from '../../domain/pipeline/answer-position.ts'
import { includes, type ReadToken } from '../../db/nodes/read-token.ts'
import type { Payers } from '../context/context.ts'
import type { Look } from '../context/look.ts'
import type { Ticker } from './ticker.ts'

/** What an answer shows: what was written, and what counts include. */
export type Shown = { token: ReadToken; position: AnswerPosition }

/** What an answer must show. */
export type ShownAfter = { tokens: readonly ReadToken[]; position: AnswerPosition | null }

/** An answer to a live question. */
export type LiveAnswer = {
  /** What it shows; null: no database node could be asked. */
  shown: Shown | null
  /** The same for equal answers. */
  digest: string
  /** What it shows of persons; null: nothing, or that is not audited. */
  look: Look | null
  /** The event that carries it; made when it is first sent. */
  event: () => Uint8Array
}

/** How a question is asked, and how long its turn is away, for the clients that subscribe to it. */
export type LiveAsking = {
  ask: (payers: Payers) => Promise<LiveAnswer>
  /** Milliseconds until one of them has something left of its share of time. */
  waitMs: (payers: Payers) => number
}

export type Subscriber = {
  /** Who pays for it with others. */
  client: string
  /** Its first answer must show this; null: any will do. */
  after: ShownAfter | null
  send(answer: LiveAnswer): void
}

export type LiveQuestion = {
  add(subscriber: Subscriber): void
  /** Returns whether nobody is left; the question has ended then. */
  remove(subscriber: Subscriber): boolean
}

/** From the start of one execution to the start of the next, at least. */
const PAUSE_MS = 1_000
/** However much the subscribers have taken: their other questions must not end what they see live. */
const LONGEST_PAUSE_MS = 30_000
/** Time, Kafka and Temporal change answers without a write to the database. */
const RECHECK_MS = 5_000

/**
 * Asks a question for all its subscribers: when a database node has moved on, at most once a second, and no
 * more than half of the time, and only as often as one of those who subscribe has something left of its share of time.
 * Whoever subscribes gets the newest answer; then everybody gets those that
 * differ from the last one. An answer that shows less than the last one is dropped, so that nobody is taken
 * back to an earlier state.
 */
export function startLiveQuestion({ ask, waitMs }: LiveAsking, ticker: Ticker): LiveQuestion {
  const subscribers = new Set<Subscriber>()
  let isRunning = false
  let wake: (() => void) | null = null
  let newest: LiveAnswer | null = null
  let latest: ShownAfter | null = null

  const take = (answer: LiveAnswer) => {
    if (isBefore(answer.shown, latest)) return
    const hasChanged = answer.digest !== newest?.digest
    newest = answer
    if (answer.shown !== null) latest = { tokens: [answer.shown.token], position: null }
    for (const subscriber of subscribers)
      if (subscriber.after !== null && answer.shown !== null) greet(subscriber, answer)
      else if (hasChanged) subscriber.send(answer)
  }
  const run = async () => {
    for (let payers = payersOf(subscribers); payers !== null; payers = payersOf(subscribers)) {
      const startedAtMs = performance.now()
      const answer = await ask(payers)
      take(answer)
      const owedMs = Math.min(waitMs(payersOf(subscribers) ?? payers), LONGEST_PAUSE_MS)
      const pause = pauseSince(startedAtMs, owedMs, answer.shown?.token.position ?? 0n, ticker)
      wake = pause.end
      await pause.ended
    }
  }
  return {
    add(subscriber) {
      subscribers.add(subscriber)
      if (newest !== null) greet(subscriber, newest)
      if (!isRunning) void run()
      isRunning = true
    },
    remove(subscriber) {
      subscribers.delete(subscriber)
      if (subscribers.size > 0) return false
      wake?.()
      return true
    },
  }
}

/** Each client once, however often it subscribes. Null: nobody is left. */
function payersOf(subscribers: ReadonlySet<Subscriber>): Payers | null {
  const [first, ...others] = new Set([...subscribers].map(({ client }) => client))
  return first === undefined ? null : [first, ...others]
}

/** Sends the first answer, unless it shows less than the subscriber has seen. */
function greet(subscriber: Subscriber, answer: LiveAnswer): void {
  const { shown } = answer
  if (isBefore(shown, subscriber.after)) return
  if (shown !== null) subscriber.after = null
  subscriber.send(answer)
}

/** Tokens that cannot be compared are of a database that is gone: nothing is waited for. */
function isBefore(shown: Shown | null, after: ShownAfter | null): boolean {
  if (shown === null || after === null) return false
  const lacks = (token: ReadToken) => includes(shown.token, token) === false
  return (
    after.tokens.some(lacks) || (after.position !== null && !includesPosition(shown.position, after.position))
  )
}

/** The time until the next execution is due. */
function pauseSince(
  startedAtMs: number,
  owedMs: number,
  position: bigint,
  ticker: Ticker,
): { ended: Promise<undefined>; end: () => void } {
  const { promise: ended, resolve } = Promise.withResolvers<undefined>()
  const tookMs = performance.now() - startedAtMs
  const restMs = Math.max(PAUSE_MS - tookMs, tookMs, owedMs)
  let unwatch: (() => void) | null = null
  const end = () => {
    clearTimeout(rest)
    clearTimeout(recheck)
    unwatch?.()
    resolve(undefined)
  }
  const rest = setTimeout(() => {
    unwatch = ticker.watch(position, end)
  }, restMs)
  const recheck = setTimeout(end, Math.max(RECHECK_MS, restMs))
  return { ended, end }
}
