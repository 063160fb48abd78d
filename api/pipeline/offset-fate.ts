import type { Reject } from '../../domain/login/record.ts'
import { readBatchOrigin } from '../../db/read/ledger/batch-events.ts'
import type { BatchRow } from '../../db/read/ledger/batches.ts'
import type { PlacedLogin } from '../../db/read/rows/logins.ts'
import { type OffsetRecord, readOffset } from '../../db/read/ledger/offset-fate.ts'
import { type Fate, offsetFate } from '../../domain/pipeline/offset-fate.ts'
import type { ApiContext } from '../context/context.ts'
import type { PlaceInLog } from '../context/log-end.ts'
import { DataGoneError, NotFoundError, PartUnavailableError } from '../context/errors.ts'

export type OffsetFate = {
  incarnation: number
  fate: Fate
  /** How many offsets have to be decided until it is; null: it is, or never will be. */
  behind: bigint | null
  /** The offset in the log that is read now; null: its log was replaced. */
  place: PlaceInLog | null
  batch: BatchRow | null
  login: PlacedLogin | null
  reject: Reject | null
}

/**
 * What became of an offset in each log that its partition has had.
 * @throws {NotFoundError} if the partition was never read
 */
export async function traceOffset(
  context: ApiContext,
  topic: string,
  partition: number,
  offset: bigint,
): Promise<OffsetFate[]> {
  const records = await context.read((session) => readOffset(session, topic, partition, offset))
  if (records.length === 0)
    throw new NotFoundError(
      `partition ${partition} of ${topic} was never read: the query ingestion lists the partitions that are`,
      'partition',
    )
  const fates: OffsetFate[] = []
  for (const record of records) {
    const { topicId, traces } = record
    const place = traces.isCurrent ? { topic, topicId, partition, offset } : null
    fates.push({ ...(await complete(context, offset, record)), place })
  }
  return fates
}

/** Looks a login without a row up in Kafka, which also tells whether it is a login or a gap. */
async function complete(
  context: ApiContext,
  offset: bigint,
  record: OffsetRecord,
): Promise<Omit<OffsetFate, 'place'>> {
  const { incarnation, traces, batch, login, reject } = record
  const fate = offsetFate(traces)
  const isNext = traces.isCurrent && fate === 'unread'
  const behind = isNext ? offset + 1n - traces.nextOffset : null
  const isUndecided = fate === 'login_or_gap' || (fate === 'login' && login === null)
  if (batch === null || !isUndecided) return { incarnation, fate, behind, batch, login, reject }
  const found = await readBackOne(context, batch.id, offset)
  if (found === 'unknown') return { incarnation, fate, behind, batch, login: null, reject }
  return {
    incarnation,
    fate: fate === 'login' || found !== null ? 'login' : 'gap',
    behind,
    batch,
    login: found,
    reject,
  }
}

/** The login at an offset, from Kafka. Null: there is no login; 'unknown': Kafka cannot say. */
async function readBackOne(
  { read, readBack }: ApiContext,
  batchId: bigint,
  offset: bigint,
): Promise<PlacedLogin | null | 'unknown'> {
  const origin = await read((session) => readBatchOrigin(session, batchId))
  if (origin === null) return 'unknown'
  try {
    const { events } = await readBack(batchId, origin, { from: offset, to: offset + 1n }, 1)
    return events[0]?.login ?? null
  } catch (error) {
    if (error instanceof DataGoneError || error instanceof PartUnavailableError) return 'unknown'
    throw error
  }
}
