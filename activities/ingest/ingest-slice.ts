import { recordPublished } from '../../db/ingest/checkpoint.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { UndecodableFailure } from '../../domain/pipeline/failure.ts'
import type { SliceProgress } from '../../domain/batch/slice-report.ts'
import type { FetchWait } from '../../kafka/read/range-reader.ts'
import type { FetchedRange } from '../../kafka/read/take-range.ts'
import { ahead, createPublishing, IDLE, type Publishing } from '../publish/publish.ts'
import { parkRange, commitOrPark } from './commit-or-park.ts'
import type { Slice } from './slice.ts'
import { abortedBy } from './stop-signal.ts'

/** While records come, a fetch waits this long for more: a transaction costs a broker as much as thousands of records. */
const LINGER = { maxWaitMs: 150, minBytes: 512 * 1024 }
/** A fetch ends before the record batch that would exceed it: what it waits for has to be well below. */
const LINGER_PART = 4
/** A multiple of this saves little more, and each adds to what every question about counts has to add. */
const RANGES_PER_FOLD = 8

/** Works through range after range until `stop` aborts. Updates `progress` after each part. */
export async function ingestUntilStopped(
  slice: Slice,
  progress: SliceProgress,
  stop: AbortSignal,
): Promise<void> {
  const publishing = createPublishing(slice)
  const end = abortedBy([stop, publishing.failed]).signal
  const fetchFrom = (offset: bigint) => {
    fetching = fetchAhead(slice, offset, LINGER)
  }
  let fetching = fetchAhead(slice, slice.standing.next, IDLE)
  try {
    while (!end.aborted) {
      const found = await unlessStopped(fetching, end)
      if (found === null) break
      if (found === 0) {
        progress.lag = Number(slice.reader.endOffset() - slice.standing.next)
        fetching = fetchAhead(slice, slice.standing.next, IDLE)
        continue
      }
      const leave = await slice.deps.batchesInWork.enter(end, found)
      if (leave === null) break
      await settleNext(slice, publishing, progress, fetchFrom).catch(leavingFirst(leave))
      publishing.whenDone(leave)
    }
  } finally {
    slice.deps.fetchBudget.leave(slice)
    // What is committed gets published also when the next range halts the partition.
    await publishing.done().catch(() => undefined)
  }
  await publishing.done()
  await classingPostgres(() =>
    recordPublished(slice.sql, slice, slice.checkpoint.epoch, slice.publishedOffset),
  )
}

/** Brings what follows `offset`, as far as the share of the slice goes. */
function fetchAhead(slice: Slice, offset: bigint, wait: FetchWait): Promise<number> {
  const { config, fetchBudget } = slice.deps
  const maxBytes = Math.min(config.ingest.batchMaxBytes, fetchBudget.share(slice, wait !== IDLE))
  const minBytes = Math.min(wait.minBytes, Math.floor(maxBytes / LINGER_PART))
  return ahead(slice.reader.fetch(offset, { ...wait, minBytes, maxBytes }))
}

/** Settles what was fetched; the next fetch travels while it is decided and committed. */
async function settleNext(
  slice: Slice,
  publishing: Publishing,
  progress: SliceProgress,
  fetchFrom: (offset: bigint) => void,
): Promise<void> {
  const range = await takeOrPark(slice, publishing, progress)
  fetchFrom(range?.to ?? slice.standing.next)
  if (range === null) return
  progress.lag = Number(range.endOffset - range.to)
  await commitOrPark(slice, range, (part) => publishing.add(part, progress))
  await rollUpNowAndThen(slice)
}

/** The next range, or null when its records could not be read and were parked. */
async function takeOrPark(
  slice: Slice,
  publishing: Publishing,
  progress: SliceProgress,
): Promise<FetchedRange | null> {
  try {
    // What Kafka has already ends with a range: it is counted again and not published again.
    const { standing, publishedOffset } = slice
    return slice.reader.take(standing.next, standing.next < publishedOffset ? publishedOffset : undefined)
  } catch (error) {
    if (!(error instanceof UndecodableFailure)) throw error
    const { from, to } = error
    const endOffset = (await slice.reader.bounds()).end
    await parkRange(slice, { from, to, endOffset }, error, (part) => publishing.add(part, progress))
    return null
  }
}

/** The first of a slice takes what the one before left. */
async function rollUpNowAndThen(slice: Slice): Promise<void> {
  if (slice.ranges++ % RANGES_PER_FOLD === 0)
    await classingPostgres(() => rollUpCounts(slice.sql, slice.topic))
}

const leavingFirst = (leave: () => void) => (error: unknown) => {
  leave()
  throw error
}

async function unlessStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T | null> {
  const { promise: stopped, resolve } = Promise.withResolvers<null>()
  const onStop = () => {
    resolve(null)
  }
  stop.addEventListener('abort', onStop)
  try {
    return await Promise.race([work, stopped])
  } finally {
    stop.removeEventListener('abort', onStop)
  }
}
