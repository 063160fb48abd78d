import { UndecodableFailure } from '../../domain/pipeline/failure.ts'
import type { FetchWait } from '../../kafka/read/range-reader.ts'
import type { FetchedRange } from '../../kafka/read/take-range.ts'
import { ahead } from '../../concurrency/ahead.ts'
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

/**
 * Fetches the records from `offset` on, up to the partition's share of the fetch budget.
 * @returns how much of a full range there is to take (see RangeReader.fetch)
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
