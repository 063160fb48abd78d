import { includes } from '../../db/nodes/read-token.ts'
import { reaches } from '../../db/read/engagement/pending-sightings.ts'
import { formatKafkaPosition } from '../../domain/pipeline/kafka-position.ts'
import { limits } from '../context/limits.ts'
import { type NamedRecords, sizeOfRecords } from '../context/named-records.ts'
import type { Awaited } from '../context/read-requirement.ts'
import {
  countingOfRecord,
  neverCounted,
  notYetCounted,
  notYetInSets,
  type RecordSeen,
} from '../context/record-seen.ts'
import { requestError } from '../context/request-error.ts'
import type { AwaitCounted, Counted, CountedInSets } from '../context/source-types.ts'
import type { LookFor, Sight, Wanted } from './records-seen.ts'

/** A login is counted some 100 ms after it was produced. */
const PAUSE_MS = 25

type Waiter = Asked & {
  untilMs: number
  /** When the last was written of what was counted as its tokens were first seen; null: it has none, or they are not yet. */
  tokensWrittenAt: bigint | null
  counted: PromiseWithResolvers<Counted>
}

type Asked = Parameters<AwaitCounted['until']>[0]

/**
 * Looks for the records of all requests that wait, again and again: one query at a time, and none while nobody
 * waits. A standby refuses LISTEN, and the primary has better things to do than to tell of every batch.
 */
export function createAwaitCounted(topic: string, lookFor: LookFor): AwaitCounted {
  const waiters = new Set<Waiter>()
  let isRunning = false
  let isStopping = false

  const lookOnce = async () => {
    const asked = [...waiters]
    const settle = (waiter: Waiter, end: () => void) => {
      waiters.delete(waiter)
      end()
    }
    try {
      const sight = await lookFor(wantedOf(asked))
      for (const waiter of asked) {
        const end = endOf(waiter, sight, isStopping || performance.now() >= waiter.untilMs)
        if (end !== null) settle(waiter, end)
      }
    } catch (error) {
      for (const waiter of asked)
        settle(waiter, () => {
          waiter.counted.reject(error)
        })
    }
  }
  const run = async () => {
    isRunning = true
    while (waiters.size > 0) {
      const startedAtMs = performance.now()
      await lookOnce()
      // Half of the time at most.
      if (waiters.size > 0) await pause(Math.max(PAUSE_MS, performance.now() - startedAtMs))
    }
    isRunning = false
  }

  return {
    async until(awaited, client) {
      checkTopic(awaited.records, topic)
      checkRoom(waiters, awaited)
      const counted = Promise.withResolvers<Counted>()
      const untilMs = performance.now() + awaited.timeoutMs
      const waiter: Waiter = { ...awaited, untilMs, tokensWrittenAt: null, counted }
      waiters.add(waiter)
      const giveUp = () => {
        waiter.untilMs = 0
      }
      client.addEventListener('abort', giveUp, { once: true })
      if (client.aborted) giveUp()
      if (!isRunning) void run()
      try {
        return await counted.promise
      } finally {
        client.removeEventListener('abort', giveUp)
      }
    },
    stop() {
      isStopping = true
    },
  }
}

/** What ends a wait; null: nothing yet. */
function endOf(waiter: Waiter, sight: Sight, isOver: boolean): (() => void) | null {
  const { records, timeoutMs, counted } = waiter
  const { resolve, reject } = counted
  const { of, isLatest, position } = sight
  const named = [...of(records), ...tokensSeen(waiter, sight)]
  const missing = named.filter((record) => countingOfRecord(record) !== 'counted')
  const [first] = missing.toSorted((a, b) => Number((b.behind ?? 0n) - (a.behind ?? 0n)))
  if (first === undefined) {
    const inSets = waiter.areSetsRead ? countedInSets(named, sight) : null
    if (inSets !== 'not_yet')
      return () => {
        resolve({ position, inSets })
      }
    return isOver
      ? () => {
          reject(notYetInSets(timeoutMs))
        }
      : null
  }
  const never = isLatest ? missing.find((record) => countingOfRecord(record) === 'never') : undefined
  if (never !== undefined)
    return () => {
      reject(neverCounted(never))
    }
  return isOver
    ? () => {
        reject(notYetCounted(first, timeoutMs))
      }
    : null
}

/** What commands wrote, of a waiter that reads sets. The primary shows all of it. */
function tokensSeen(waiter: Waiter, { isLatest, sets }: Sight): RecordSeen[] {
  const { tokens, areSetsRead } = waiter
  if (tokens.length === 0 || !areSetsRead || sets === null) return []
  if (isLatest || tokens.every((token) => includes(sets.shown, token) === true))
    waiter.tokensWrittenAt ??= sets.writtenTo ?? 0n
  const fate = waiter.tokensWrittenAt === null ? 'unread' : 'login'
  const what = 'what a command wrote'
  return [{ what, fate, behind: null, logEnd: null, isUnwritten: false, writtenAt: waiter.tokensWrittenAt }]
}

/** What sets must include to have records that are counted. */
function countedInSets(named: readonly RecordSeen[], { sets }: Sight): CountedInSets | 'not_yet' {
  const writtenAt = named.reduce(
    (last, one) => ((one.writtenAt ?? 0n) > last ? (one.writtenAt ?? 0n) : last),
    0n,
  )
  return sets !== null && reaches(sets, writtenAt) ? { writtenAt, shown: sets.shown } : 'not_yet'
}

function wantedOf(waiters: readonly Waiter[]): Wanted {
  const offsets = waiters.flatMap(({ records }) => records.offsets)
  const ofSets = waiters.filter(({ areSetsRead }) => areSetsRead)
  return {
    answers: ofSets.flatMap(({ records }) => records.answers),
    areSetsRead: ofSets.length > 0,
    offsets: [...new Map(offsets.map((offset) => [formatKafkaPosition(offset), offset])).values()],
    events: [...new Set(waiters.flatMap(({ records }) => records.events))],
  }
}

function checkTopic({ offsets, answers }: NamedRecords, counted: string): void {
  const other = [...offsets, ...answers].find(({ topic }) => topic !== counted)
  if (other === undefined) return
  throw requestError(
    'NOT_FOUND',
    `x-rollcall-read-after names the topic ${other.topic}, and the one that is counted is ${counted}`,
    {
      http: { status: 404, spec: true },
    },
  )
}

function checkRoom(waiters: ReadonlySet<Awaited>, asked: Awaited): void {
  const awaited = [...waiters, asked].reduce(
    (sum, { records }) => sum + Math.max(1, sizeOfRecords(records)),
    0,
  )
  if (awaited <= limits.awaitedRecords) return
  throw requestError(
    'DATABASE_BUSY',
    'too many requests wait until records are counted: ask again in a moment',
    {
      cap: limits.awaitedRecords,
      retryAfterMs: 1_000,
      http: { status: 503, headers: { 'retry-after': '1' } },
    },
  )
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
