import type { PartitionProgress } from '../../db/read/ledger/progress.ts'
import { isoTime } from '../../domain/time/iso-time.ts'
import type { Backlog, OpenTransaction, PartitionLog } from '../../domain/pipeline/partition-log.ts'

/** Why an answer may lack logins. */
export type IncompleteCause =
  | 'unread'
  | 'open_transaction'
  | 'parked'
  | 'topic_recreated'
  | 'log_truncated'
  | 'offsets_lost'
  | 'partition_gone'
  | 'kafka_unknown'
  | 'pending_rollup'
  | 'rows_expired'

export type IncompleteReason = {
  cause: IncompleteCause
  /** Null: the reason is about the whole topic. */
  partition: number | null
  /** How many offsets are affected; null: not known. */
  offsets: bigint | null
  message: string
}

/**
 * The backlog of a partition: its checkpoint (null: never read) beside its log (null: the topic no longer has
 * it).
 */
export type PartitionBacklog = Backlog & {
  partition: number
  log: PartitionLog | null
  checkpoint: bigint | null
}

const ACCEPT = 'acceptOffsetLoss continues after the loss'

/** Why counts may lack logins of a partition, apart from parked batches. */
export const reasonsOf = (backlog: PartitionBacklog): IncompleteReason[] =>
  backlog.loss === null || backlog.loss === 'expired'
    ? [...lossReason(backlog), ...unreadReasons(backlog)]
    : lossReason(backlog)

function lossReason({ partition, log, checkpoint, unread, loss }: PartitionBacklog): IncompleteReason[] {
  const reason = (cause: IncompleteCause, offsets: bigint | null, message: string): IncompleteReason[] => [
    { cause, partition, offsets, message: `partition ${partition}: ${message}. ${ACCEPT}` },
  ]
  if (loss === 'gone')
    return reason(
      'partition_gone',
      null,
      `the topic no longer has it, and what it held from offset ${checkpoint} on was not read`,
    )
  if (loss === 'truncated')
    return reason(
      'log_truncated',
      null,
      `its log ends at offset ${log?.end}, before the checkpoint ${checkpoint}: records were lost, and new ones may have their offsets`,
    )
  if (loss === 'recreated')
    return reason(
      'topic_recreated',
      unread,
      `the topic was created anew: none of its ${unread} offsets is read, and what the old log held from offset ${checkpoint} on is lost`,
    )
  if (loss === null || log === null || checkpoint === null) return []
  return reason(
    'offsets_lost',
    log.start - checkpoint,
    `Kafka deleted offsets ${checkpoint} to ${log.start - 1n} before they were read`,
  )
}

function unreadReasons({ partition, log, unread, blocked }: PartitionBacklog): IncompleteReason[] {
  const reason = (cause: IncompleteCause, offsets: bigint, what: string): IncompleteReason[] =>
    offsets > 0n
      ? [{ cause, partition, offsets, message: `partition ${partition}: ${offsets} offsets ${what}` }]
      : []
  return [
    ...reason('unread', (unread ?? 0n) - blocked, 'are not read yet'),
    ...(log === null ? [] : reason('open_transaction', blocked, blockedBy(log))),
  ]
}

/** Why counts may lack logins of a partition that are in parked batches; none: nothing is parked. */
export const parkedReason = ({
  partition,
  parked_offsets: offsets,
}: Pick<PartitionProgress, 'partition' | 'parked_offsets'>): IncompleteReason[] =>
  offsets === 0n
    ? []
    : [
        {
          cause: 'parked',
          partition,
          offsets,
          message: `partition ${partition}: ${offsets} offsets are parked; replayBatch counts them, skipBatch gives them up`,
        },
      ]

function blockedBy({ stableEnd, end, openTransactions }: PartitionLog): string {
  const where = `from ${stableEnd} to ${end - 1n} cannot be read until a transaction of a producer ends`
  const [first, ...others] = openTransactions
  if (first === undefined) return `${where}; the broker does not tell which`
  const more = others.length === 0 ? '' : `; ${others.length} more are open behind it`
  return `${where}: ${described(first)}${more}`
}

function described({ producerId, transactionalId, sinceMs, lastWriteMs }: OpenTransaction): string {
  const id = transactionalId === null ? '' : ` (transactional.id ${JSON.stringify(transactionalId)})`
  const since = sinceMs === null ? '' : `, open since ${isoTime(sinceMs)}`
  const wrote = lastWriteMs === null ? '' : `, which wrote last at ${isoTime(lastWriteMs)}`
  return `producer ${producerId}${id}${since}${wrote}`
}
