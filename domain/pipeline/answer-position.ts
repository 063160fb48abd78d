/** How much of a partition counts include. */
export type PartitionPosition = {
  /** The log that `nextOffset` is of; raised when another one takes its place. */
  incarnation: number
  /** All offsets before it are decided. */
  nextOffset: bigint
  /** How many changes of its batches (replays, redrives) are counted. */
  changes: bigint
}

/**
 * What an answer includes, by partition. Transactions that count take the row of their partition, so that each
 * snapshot shows the first so many of them.
 */
export type AnswerPosition = { topic: string; partitions: ReadonlyMap<number, PartitionPosition> }

/** Whether an answer includes all of what another one does. Positions of different topics include nothing. */
export function includesPosition(later: AnswerPosition, earlier: AnswerPosition): boolean {
  if (later.topic !== earlier.topic) return false
  return [...earlier.partitions].every(([partition, position]) => {
    const reached = later.partitions.get(partition)
    return reached !== undefined && reaches(reached, position)
  })
}

const reaches = (later: PartitionPosition, earlier: PartitionPosition): boolean =>
  later.changes >= earlier.changes &&
  (later.incarnation > earlier.incarnation ||
    (later.incarnation === earlier.incarnation && later.nextOffset >= earlier.nextOffset))

/** How many offsets `wanted` includes and `reached` does not, as far as they are of the same logs. */
export function offsetsMissing(reached: AnswerPosition, wanted: AnswerPosition): bigint {
  const missing = [...wanted.partitions].map(([partition, { incarnation, nextOffset }]) => {
    const position = reached.partitions.get(partition)
    return position?.incarnation === incarnation ? nextOffset - position.nextOffset : 0n
  })
  return missing.reduce((sum, offsets) => (offsets > 0n ? sum + offsets : sum), 0n)
}
