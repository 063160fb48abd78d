/** A batch that failed for a permanent reason, as workflows and messages carry it: ids and offsets are decimal strings. */
export type ParkedBatch = {
  batchId: string
  topic: string
  partition: number
  /** Which log the offsets are of. */
  incarnation: number
  from: string
  /** End of the range, itself not in it. */
  to: string
  error: string
  /** An operator set it aside: it waits for a command, and is not tried again by itself. */
  isSetAside?: boolean
}

/** A range in words. */
export const offsetsOf = ({ from, to }: Pick<ParkedBatch, 'from' | 'to'>): string => {
  const last = BigInt(to) - 1n
  return BigInt(from) === last ? `offset ${from}` : `offsets ${from} to ${last}`
}
