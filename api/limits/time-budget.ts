import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Payers } from '../context/context.ts'
import { createTokenBuckets } from './token-bucket.ts'

/** The time that a request is going to take. */
type Use = {
  /** For whom it runs: the client that pays for it, of several the one that has most left. */
  client: string
  /** Whether this client has not taken more than its share of late, this request included. */
  isWithin: boolean
  /** Call it when the request runs, and what it returns once it has. */
  run: () => () => void
  /** Call it instead if the request is not run. */
  cancel: () => void
}

/** What tells roughly how long a question takes. */
type Question = { operationName?: string | null | undefined; query?: string | null | undefined }

export type TimeBudget = {
  /** @param payers the clients for whom the request runs, which share equally what it takes */
  begin(payers: Payers, question: Question): Use
  /** Milliseconds until one of the clients may take its share of what the question is expected to take. */
  waitMs: (payers: Payers, question: Question) => number
}

/** What a question is expected to take that was not asked before. */
const UNKNOWN_MS = 250
const MOST_QUESTIONS = 10_000
/** How much of what a question took is expected of it the next time, when that took less, such as from a cache. */
const MEMORY = 0.9
/** Of the share of a second: so soon is a client let go that has taken too much. */
const MOST_OWED_S = 2
/** The share that is no limit. */
export const ALL_MS = 1_000

/**
 * Counts the time of Postgres and of the API's thread that each client takes: reserved when a request begins, by what
 * its question took before, and settled when it ends. Who asks together with others never pays more than alone, and
 * is not held up by those of them who have nothing left. While several requests run, time passes for each of
 * them the slower, so that nobody pays for what others take.
 * https://en.wikipedia.org/wiki/Processor_sharing
 * @param msPerSecond what one client may take; as much it may save up; ALL_MS: no limit
 * @param clock milliseconds that never go back
 */
export function createTimeBudget(msPerSecond: number, clock: () => number): TimeBudget {
  const clients = createTokenBuckets({
    ...{ perSecond: msPerSecond, burst: msPerSecond },
    mostOwed: MOST_OWED_S * msPerSecond,
  })
  const taken = new LRUCache<string, number>({ max: MOST_QUESTIONS })
  const time = createSharedTime(clock)
  const expect = (key: string) => taken.get(key) ?? UNKNOWN_MS
  const waitOf = (client: string, ms: number) =>
    msPerSecond >= ALL_MS ? 0 : clients.waitMs(client, clock(), ms)
  /** The one that is soonest as if it had taken nothing. */
  const richest = (payers: Payers): string =>
    payers
      .map((client) => ({ client, waitMs: waitOf(client, msPerSecond) }))
      .reduce((one, other) => (other.waitMs < one.waitMs ? other : one)).client
  return {
    begin(payers, question) {
      const key = keyOf(question)
      const expectedMs = expect(key)
      const charge = (ms: number) => {
        for (const payer of payers) clients.charge(payer, clock(), ms / payers.length)
      }
      const client = richest(payers)
      const isWithin = waitOf(client, expectedMs / payers.length) === 0
      charge(expectedMs)
      const settle = (usedMs: number) => {
        charge(usedMs - expectedMs)
      }
      return {
        client,
        isWithin,
        run: () => {
          const end = time.start()
          return () => {
            const usedMs = end()
            settle(usedMs)
            taken.set(key, Math.max(usedMs, (taken.get(key) ?? 0) * MEMORY))
          }
        },
        cancel: () => {
          settle(0)
        },
      }
    },
    waitMs: (payers, question) => waitOf(richest(payers), expect(keyOf(question)) / payers.length),
  }
}

const keyOf = ({ operationName, query }: Question): string =>
  createHash('sha256')
    .update(`${operationName ?? ''} ${query ?? ''}`)
    .digest('base64')

/** A clock that goes as much slower as there are requests that run. */
function createSharedTime(clock: () => number) {
  let running = 0
  let sharedMs = 0
  let atMs = clock()
  const advance = () => {
    const nowMs = clock()
    sharedMs += (nowMs - atMs) / Math.max(1, running)
    atMs = nowMs
    return sharedMs
  }
  return {
    /** Returns what ends the request, and then says how long it took. */
    start: () => {
      const beganMs = advance()
      running++
      return () => {
        const usedMs = advance() - beganMs
        running--
        return usedMs
      }
    },
  }
}
