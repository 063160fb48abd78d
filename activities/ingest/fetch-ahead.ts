import { UndecodableFailure } from '../../domain/pipeline/failure.ts'
import type { FetchWait } from '../../kafka/read/range-reader.ts'
import type { FetchedRange } from '../../kafka/read/take-range.ts'
import { ahead } from '../../concurrency/ahead.ts'
import { IDLE } from '../session/kafka-options.ts'
import type { PartitionSession } from '../session/partition-session.ts'

/** While records come, a fetch waits this long for more: a transaction costs a broker as much as thousands of records. */
export const LINGER: FetchWait = { maxWaitMs: 150, minBytes: 512 * 1024 }
/** A fetch ends before the record batch that would exceed it: what it waits for has to be well below. */
const LINGER_PART = 4

/**
 * Brings what follows `offset`, as far as the share of the partition goes.
 * @returns how much of a full range there is to take, see RangeReader.fetch
 */
export function fetchAhead(session: PartitionSession, offset: bigint, wait: FetchWait): Promise<number> {
  const { config, fetchBudget } = session.deps
  const maxBytes = Math.min(config.ingest.batchMaxBytes, fetchBudget.share(session, wait !== IDLE))
  const minBytes = Math.min(wait.minBytes, Math.floor(maxBytes / LINGER_PART))
  return ahead(session.reader.fetch(offset, { ...wait, minBytes, maxBytes }))
}

/** Offsets whose records cannot be read. */
export type UndecodableRange = Pick<FetchedRange, 'from' | 'to' | 'endOffset'> & {
  failure: UndecodableFailure
}

/**
 * The next range of what was fetched.
 * @param publishedOffset what Kafka has already ends with a range: it is counted again and not published again
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
