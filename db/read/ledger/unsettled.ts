import type { ReadSession } from '../../nodes/snapshot.ts'

/** What waits for an operator's decision in the ledger of a topic. */
export type Unsettled = {
  /** Parked batches, which are not counted, and their offsets. */
  parkedBatches: number
  parkedOffsets: bigint
  /** Batches that are counted and whose outputs are withheld. */
  withheldBatches: number
}

export async function readUnsettled({ sql }: ReadSession, topic: string): Promise<Unsettled> {
  const [row] = await sql<Unsettled[]>`/* readUnsettled */
    select (select count(*)::integer from batch where topic = ${topic} and status = 'parked') as "parkedBatches",
           (select coalesce(sum(to_offset - from_offset), 0)::bigint
            from batch where topic = ${topic} and status = 'parked') as "parkedOffsets",
           (select count(*)::integer from batch
            where topic = ${topic} and withheld_at is not null) as "withheldBatches"`
  return row ?? { parkedBatches: 0, parkedOffsets: 0n, withheldBatches: 0 }
}
