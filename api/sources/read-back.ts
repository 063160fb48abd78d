import { withDeadline } from '../../concurrency/with-deadline.ts'
import type { BatchEvent, BatchOrigin, Offsets } from '../../db/read/ledger/batch-events.ts'
import type { SourceRecord } from '../../domain/login/record.ts'
import { decodeLogin } from '../../domain/decode/decode-login.ts'
import { firstRules } from '../../domain/decode/decode-rules.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { ReadRecords } from '../../kafka/read/read-records.ts'
import { DataGoneError, PartUnavailableError } from '../context/errors.ts'
import type { ReadBack } from '../context/source-types.ts'

type ReadBackDeps = {
  readRecords: (range: Offsets & { topic: string; partition: number }, limit: number) => Promise<ReadRecords>
}

/** Less than the 10 s after which Postgres ends a snapshot that is not read (db/nodes/node.ts). */
const DEADLINE_MS = 6_000

/**
 * Reads batches back from Kafka, and decodes them as they were decoded when they were counted. The result
 * throws {DataGoneError} if Kafka no longer has the records, and {PartUnavailableError} if it does not
 * answer.
 */
export function createReadBack(deps: ReadBackDeps): ReadBack {
  return async (batchId, origin, offsets, limit) => {
    const { topic, partition } = origin
    const gone = new DataGoneError(
      `offsets ${offsets.from} to ${offsets.to - 1n} of ${topic}/${partition} are gone from Kafka, because the topic was created anew or truncated: only what is kept in the database is left of them`,
    )
    if (origin.isPast) throw gone
    const found = await inTime(deps.readRecords({ topic, partition, ...offsets }, limit))
    if (found.topicId !== origin.topicId) throw gone
    return {
      events: found.records.map((record) => eventAsDecided(batchId, origin, record)),
      next: found.next,
    }
  }
}

function eventAsDecided(
  batchId: bigint,
  { partition, clockMs, rules, rejects, redriven }: BatchOrigin,
  { offset, value }: SourceRecord,
): BatchEvent {
  const reject = rejects.get(offset)
  if (reject !== undefined) return { offset, login: null, reject }
  const decision = redriven.get(offset) ?? { clockMs, rules }
  const decoded = decodeLogin(value, { nowMs: decision.clockMs, rules: decision.rules ?? firstRules })
  return decoded.ok
    ? { offset, login: { batchId, partition, offset, login: decoded.login }, reject: null }
    : { offset, login: null, reject: { reason: decoded.reason, detail: decoded.detail } }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const late = new PartUnavailableError(
    'KAFKA_UNAVAILABLE',
    `Kafka did not answer within ${DEADLINE_MS} ms; ask again`,
  )
  try {
    return await withDeadline(work, { milliseconds: DEADLINE_MS, message: late })
  } catch (error) {
    if (!(error instanceof PipelineFailure)) throw error
    if (error.failureClass === 'data_loss') throw new DataGoneError(error.message)
    throw new PartUnavailableError('KAFKA_UNAVAILABLE', `${error.message}; ask again`, { cause: error })
  }
}
