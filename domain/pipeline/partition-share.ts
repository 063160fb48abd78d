/** A worker among those that run, in the order in which they started. */
export type Rank = {
  /** How many started before it. */
  before: number
  /** How many run, itself among them. */
  workers: number
}

/**
 * How many partitions a worker reads: as many as every other one, and what is left over goes to those that started first. All
 * shares together are all partitions, so that nobody waits for a slice that somebody else should take.
 */
export function partitionShare(partitions: number, { before, workers }: Rank): number {
  return Math.floor(partitions / workers) + (before < partitions % workers ? 1 : 0)
}
