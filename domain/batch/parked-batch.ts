/**
 * A batch that failed for a permanent reason, as workflows and messages carry it. Ids and offsets are decimal
 * strings.
 */
export type ParkedBatch = {
  batchId: string
  topic: string
  partition: number
  /** Incarnation of the log that the offsets belong to. */
  incarnation: number
  from: string
  /** End of the range, exclusive. */
  to: string
  error: string
  /**
   * Whether an operator set the batch aside. If so, it waits for a command and is not tried again by itself.
   */
  isSetAside?: boolean
}

/** Names the offsets of a range in words. */
export const offsetsOf = ({ from, to }: Pick<ParkedBatch, 'from' | 'to'>): string => {
  const last = BigInt(to) - 1n
  return BigInt(from) === last ? `offset ${from}` : `offsets ${from} to ${last}`
}
