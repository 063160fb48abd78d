import type { GraphQLError } from 'graphql'
import { type Counting, countingOf, type NamedFate } from '../../domain/pipeline/named-record.ts'
import { requestError } from './request-error.ts'

/** Where a record is that a request names. */
export type RecordSeen = {
  /** The record, in words. */
  what: string
  /** `no_partition`: the topic has no such partition. */
  fate: NamedFate | 'no_partition'
  /** How many offsets have to be decided until it is; null: not known. */
  behind: bigint | null
  /**
   * Where Kafka's log ended, a second ago at most: the offset that its next record gets. Null: not known, or
   * the record is not named by its offset.
   */
  logEnd: bigint | null
  /** Whether Kafka has not written it yet: its offset is not before `logEnd`. */
  isUnwritten: boolean
  /** When it was counted, in microseconds since 1970; null: it is not, or not by a time of its own. */
  writtenAt: bigint | null
}

export const countingOfRecord = ({ fate }: RecordSeen): Counting =>
  fate === 'no_partition' ? 'never' : countingOf[fate]

/** Why a record is not counted, and what can be done. */
const reasons: Partial<Record<RecordSeen['fate'], string>> = {
  before_first_read: 'is before the first offset that was read',
  reject:
    'could not be read as an attempt: rejectedRecords says why, and redriveRejectedRecords tries it again',
  parked: 'is in a parked batch: it is counted once an operator sends replayBatch',
  skipped: 'is in a range that an operator gave up, or that was lost before it was read',
  unaccounted: 'is in no batch, although later ones are decided: reconciliation shows such holes',
  halted: 'is not read before an operator acts: ingestion says why its partition halted',
  lost: 'was deleted by Kafka before it was read',
}

/** The refusal of a request whose record is not counted by itself. */
export function neverCounted({ what, fate }: RecordSeen): GraphQLError {
  if (fate === 'no_partition')
    return requestError(
      'NOT_FOUND',
      `${what}: the topic has no such partition; ingestion lists those it has`,
      {
        http: { status: 404, spec: true },
      },
    )
  return requestError('NEVER_COUNTED', `${what} ${reasons[fate] ?? 'is not counted'}`, {
    fate: fate.toUpperCase(),
    http: { status: 409, spec: true },
  })
}

/** The refusal of a request whose record was not counted in time. */
export const notYetCounted = (seen: RecordSeen, timeoutMs: number): GraphQLError =>
  requestError(
    'NOT_YET_COUNTED',
    `${seen.what} was not counted within ${timeoutMs} ms${whyNot(seen)}: ask again, or with a longer x-rollcall-read-timeout-ms; ` +
      '`ingestion { state problems { message } }` says whether ingestion is paused or held up',
    {
      fate: seen.fate.toUpperCase(),
      ...(seen.behind === null ? {} : { behind: Number(seen.behind) }),
      ...(seen.logEnd === null ? {} : { logEnd: String(seen.logEnd) }),
      http: { status: 409, spec: true },
    },
  )

/** The refusal of a request whose records are counted, while the sets that it reads did not follow in time. */
export const notYetInSets = (timeoutMs: number): GraphQLError =>
  requestError(
    'NOT_YET_COUNTED',
    `what x-rollcall-read-after names is counted, but users, devices and addresses did not follow within ${timeoutMs} ms: ask again, with ` +
      'a longer x-rollcall-read-timeout-ms, or for counts of attempts alone',
    { fate: 'PENDING_ROLLUP', http: { status: 409, spec: true } },
  )

function whyNot({ fate, behind, logEnd, isUnwritten }: RecordSeen): string {
  if (fate === 'never_seen')
    return ', and no attempt that is kept as a row has its event_id: it was not sent, is not read yet, was rejected or parked, or is too old'
  if (isUnwritten) return `, and Kafka has not written it yet: its next record gets offset ${logEnd}`
  return behind === null ? '' : `, and ${behind} offsets have to be decided until it is`
}
