import { UndecodableFailure } from '../../domain/pipeline/failure.ts'
import type { FetchWait } from '../../kafka/read/range-reader.ts'
import type { FetchedRange } from '../../kafka/read/take-range.ts'
import { ahead } from '../../concurrency/ahead.ts'
import type { Semaphore } from '../../concurrency/semaphore.ts'
import type { Config } from '../../config/config.ts'
import { IDLE } from '../session/kafka-options.ts'
import type { PartitionSession } from '../session/partition-session.ts'

/**
 * While records arrive, a fetch waits for more of them, because a transaction costs a broker as much as
 * thousands of records.
 */
export const LINGER: FetchWait = { maxWaitMs: 150, minBytes: 512 * 1024 }
/**
 * A fetch ends before the record batch that would exceed its bytes, so it must wait for far fewer bytes than
 * it may bring.
 */
const LINGER_PART = 4

/** A few hundred logins; little enough for a partition without a turn to fetch a batch. */
const LEAST_BYTES = 64 * 1024

/** A fetch. `found` is how much of a full range there is to take (see RangeReader.fetch). */
export type Fetched = {
  found: number
  /** When the fetch began and ended, as `performance.now()` gives it. */
  startMs: number
  endMs: number
  /** Lets another partition fetch. Call it when the range is taken, or will not be. */
  release: () => void
}

type Fetching = Pick<PartitionSession, 'reader'> & {
  deps: { config: Pick<Config, 'ingest'>; fetchedBatches: Semaphore }
}

/** Fetches the records from `offset` on: a few if the partition was idle, else up to a batch, when there is room for one. */
export const fetchAhead = (
  session: Fetching,
  offset: bigint,
  wait: FetchWait,
  stop: AbortSignal,
): Promise<Fetched> =>
  ahead(wait === IDLE ? fetchFew(session, offset) : fetchBatch(session, offset, wait, stop))

async function fetchFew({ reader, deps }: Fetching, offset: bigint): Promise<Fetched> {
  const maxBytes = Math.min(deps.config.ingest.batchMaxBytes, LEAST_BYTES)
  const startMs = performance.now()
  const found = await reader.fetch(offset, { ...IDLE, maxBytes })
  return { found, startMs, endMs: performance.now(), release: () => undefined }
}

/** Finds nothing if `stop` aborts before there is room. */
async function fetchBatch(
  { reader, deps }: Fetching,
  offset: bigint,
  wait: FetchWait,
  stop: AbortSignal,
): Promise<Fetched> {
  const maxBytes = deps.config.ingest.batchMaxBytes
  const minBytes = Math.min(wait.minBytes, Math.floor(maxBytes / LINGER_PART))
  const release = await deps.fetchedBatches.acquire({ stop })
  const startMs = performance.now()
  if (release === null) return { found: 0, startMs, endMs: startMs, release: () => undefined }
  try {
    const found = await reader.fetch(offset, { ...wait, minBytes, maxBytes })
    if (found === 0) release()
    return { found, startMs, endMs: performance.now(), release }
  } catch (error) {
    release()
    throw error
  }
}

/** Gives back the room of a fetch whose range will not be taken. */
export function giveUp(fetching: Promise<Fetched>): void {
  void fetching.then(
    ({ release }) => {
      release()
    },
    () => undefined,
  )
}

/** Offsets whose records cannot be read. */
export type UndecodableRange = Pick<FetchedRange, 'from' | 'to' | 'endOffset'> & {
  failure: UndecodableFailure
}

/**
 * Takes the next range of what was fetched.
 * @param publishedOffset a range ends here if it begins before: outputs before it are in Kafka, and are not
 * published again when the range is recounted
 */
export async function takeNext(
  { reader }: PartitionSession,
  from: bigint,
  publishedOffset: bigint,
): Promise<FetchedRange | UndecodableRange> {
  try {
    return reader.take(from, from < publishedOffset ? publishedOffset : undefined)
  } catch (failure) {
    if (!(failure instanceof UndecodableFailure)) throw failure
    return { from: failure.from, to: failure.to, endOffset: (await reader.bounds()).end, failure }
  }
}
