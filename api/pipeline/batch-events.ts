import { type BatchEvent, readBatchEvents, readBatchOrigin } from '../../db/read/ledger/batch-events.ts'
import { checkPageSize } from '../context/limits.ts'
import type { ApiContext } from '../context/context.ts'
import { InvalidPageError, OffsetsGoneError } from '../context/errors.ts'

export type EventSource = 'rows' | 'kafka'

export type BatchEventPage = {
  source: EventSource
  edges: BatchEvent[]
  hasNextPage: boolean
}

/**
 * A page of the events of a batch, in order of their offsets. It is read from rows, or from Kafka if not all
 * rows are kept.
 * @param after the offset before the page; null: the page begins with the first event
 * @throws {PageTooLargeError | InvalidPageError | OffsetsGoneError | KafkaUnavailableError}
 */
export async function readEventPage(
  { read, readBack }: ApiContext,
  batch: { id: bigint; from_offset: bigint; to_offset: bigint },
  { first, after }: { first: number; after: bigint | null },
): Promise<BatchEventPage> {
  if (first < 1) throw new InvalidPageError('first must be at least 1')
  checkPageSize('first', first)
  const from = after === null || after < batch.from_offset ? batch.from_offset : after + 1n
  const offsets = { from, to: batch.to_offset }
  if (offsets.from >= offsets.to) return { source: 'rows', edges: [], hasNextPage: false }
  // One event more than asked for shows whether there is another page.
  const limit = first + 1
  const rows = await read((session) => readBatchEvents(session, batch.id, offsets, limit))
  if (rows !== null) return page('rows', rows, first)
  const origin = await read((session) => readBatchOrigin(session, batch.id))
  if (origin === null)
    throw new OffsetsGoneError(
      'the partition of this batch is not known any more, so its records cannot be read from Kafka',
    )
  const { events } = await readBack(batch.id, origin, offsets, limit)
  return page('kafka', events, first)
}

const page = (source: EventSource, events: BatchEvent[], first: number): BatchEventPage => ({
  source,
  edges: events.slice(0, first),
  hasNextPage: events.length > first,
})
