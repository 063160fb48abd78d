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
  | 'unfolded'
  | 'rows_expired'

export type IncompleteReason = {
  cause: IncompleteCause
  /** Null: the whole topic. */
  partition: number | null
  /** Offsets that are concerned; null: nobody can tell. */
  offsets: bigint | null
  message: string
}

/** A partition, its log (null: the topic has it no more) and what of that is not decided. */
export type Standing = {
  partition: number
  log: PartitionLog | null
  checkpoint: bigint | null
  backlog: Backlog
}

const ACCEPT = 'acceptOffsetLoss goes on behind it'

/** Why a partition may lack logins, apart from what is parked. */
export function reasonsOf({ partition, log, checkpoint, backlog }: Standing): IncompleteReason[] {
  const { unread, blocked, loss } = backlog
  const reason = (cause: IncompleteCause, offsets: bigint | null, message: string): IncompleteReason => ({
    cause,
    partition,
    offsets,
    message: `partition ${partition}: ${message}`,
  })
  if (loss === 'gone') {
    const message = `the topic has it no more; what it held from offset ${checkpoint} on was not read. ${ACCEPT}`
    return [reason('partition_gone', null, message)]
  }
  if (loss === 'truncated') {
    const message = `its log ends at offset ${log?.end}, before the checkpoint ${checkpoint}: records were lost, and new ones can have taken their offsets. ${ACCEPT}`
    return [reason('log_truncated', null, message)]
  }
  if (loss === 'recreated') {
    const message = `the topic was created anew; of its ${unread} offsets none is read, nor what the old log held from offset ${checkpoint} on. ${ACCEPT}`
    return [reason('topic_recreated', unread, message)]
  }
  const lost: IncompleteReason[] =
    loss !== 'expired' || log === null || checkpoint === null
      ? []
      : [
          reason(
            'offsets_lost',
            log.start - checkpoint,
            `offsets ${checkpoint} to ${log.start - 1n} were gone from Kafka before they were read. ${ACCEPT}`,
          ),
        ]
  const readable = (unread ?? 0n) - blocked
  return [
    ...lost,
    ...(readable > 0n ? [reason('unread', readable, `${readable} offsets are not read yet`)] : []),
    ...(blocked > 0n && log !== null
      ? [reason('open_transaction', blocked, `${blocked} offsets ${blockedBy(log)}`)]
      : []),
  ]
}

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
