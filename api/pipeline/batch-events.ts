import {
  type BatchEvent,
  type BatchOrigin,
  type Offsets,
  readBatchEvents,
  readBatchOrigin,
} from '../../db/read/ledger/batch-events.ts'
import type { BatchRow } from '../../db/read/ledger/batches.ts'
import { checkPageSize, limits } from '../context/limits.ts'
import type { ApiContext } from '../context/context.ts'
import { DataGoneError, InvalidArgumentError } from '../context/errors.ts'
import { type Connection, countOf, DEFAULT_PAGE } from '../questions/connection.ts'

export type EventSource = 'rows' | 'kafka'

export type BatchEventPage = Connection<BatchEvent> & { source: EventSource }

type EventBatch = Pick<BatchRow, 'id' | 'from_offset' | 'to_offset' | 'status' | 'logins' | 'rejects'>

type EventPageArgs = { first?: number | null | undefined; after?: string | null | undefined }

/**
 * A page of the events of a batch, in order of their offsets. It is read from rows, or from Kafka if not all
 * rows are kept.
 * @throws {AnswerTooLargeError | InvalidArgumentError | DataGoneError | PartUnavailableError}
 */
export async function readEventPage(
  context: ApiContext,
  batch: EventBatch,
  { first, after }: EventPageArgs,
): Promise<BatchEventPage> {
  const size = first ?? DEFAULT_PAGE
  if (size < 1) throw new InvalidArgumentError('first must be at least 1', 'first')
  checkPageSize('first', size)
  const previous = offsetOf(after)
  const from = previous === null || previous < batch.from_offset ? batch.from_offset : previous + 1n
  // One event more than asked for shows whether there is another page.
  const { source, events } = await readEvents(context, batch, { from, to: batch.to_offset }, size + 1)
  const edges = events.slice(0, size).map((node) => ({ cursor: cursorOf(node), node }))
  return {
    source,
    edges,
    pageInfo: {
      hasNextPage: events.length > size,
      hasPreviousPage: from > batch.from_offset,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: async () => countOf(await countEvents(context, batch)),
  }
}

async function readEvents(
  { read, readBack }: ApiContext,
  { id }: EventBatch,
  offsets: Offsets,
  limit: number,
): Promise<{ source: EventSource; events: BatchEvent[] }> {
  if (offsets.from >= offsets.to) return { source: 'rows', events: [] }
  const rows = await read((session) => readBatchEvents(session, id, offsets, limit))
  if (rows !== null) return { source: 'rows', events: rows }
  const origin = await read((session) => readBatchOrigin(session, id))
  const { events } = await readBack(id, known(origin), offsets, limit)
  return { source: 'kafka', events }
}

function known(origin: BatchOrigin | null): BatchOrigin {
  if (origin !== null) return origin
  throw new DataGoneError(
    'the partition of this batch is not known any more, so its records cannot be read from Kafka',
  )
}

/** The ledger knows how many events are counted; those of a batch that is not have to be read. */
async function countEvents(context: ApiContext, batch: EventBatch): Promise<number> {
  const { status, logins, rejects, from_offset: from, to_offset: to } = batch
  if (status === 'committed' || status === 'replayed') return logins + rejects
  const { events } = await readEvents(context, batch, { from, to }, limits.counted + 1)
  return events.length
}

const LIST = 'events'
const CURSOR = new RegExp(`^${LIST}\\|(\\d{1,18})$`)

const cursorOf = ({ offset }: BatchEvent): string => Buffer.from(`${LIST}|${offset}`).toString('base64url')

/**
 * The offset of a cursor; null: there is no cursor.
 * @throws {InvalidArgumentError} if it is not a cursor of this list
 */
function offsetOf(cursor: string | null | undefined): bigint | null {
  if (cursor === null || cursor === undefined) return null
  const offset = CURSOR.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (offset !== undefined) return BigInt(offset)
  throw new InvalidArgumentError(
    'after is not a cursor of this list: use a cursor as this list returned it',
    'after',
  )
}
