/** Rank of a worker among those that run, by order of start. */
export type Rank = {
  /** How many of them started before it. */
  before: number
  /** How many run, this one included. */
  workers: number
}

/**
 * How many partitions a worker reads. Each worker reads the same number, and the first to start read one more
 * where that does not come out even. The shares add up to all partitions, so that no slice waits for a worker
 * that should take it.
 */
export function partitionShare(partitions: number, { before, workers }: Rank): number {
  return Math.floor(partitions / workers) + (before < partitions % workers ? 1 : 0)
}
