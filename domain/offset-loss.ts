/** Where a partition stands in Postgres and in Kafka. */
export type PartitionPosition = {
  topicId: string
  currentTopicId: string
  nextOffset: bigint
  /** End of the log as last seen; null when it was never seen. */
  endOffset: bigint | null
  /** First offset whose outputs are not in Kafka; null when nobody knows. */
  groupOffset: bigint | null
  bounds: { start: bigint; end: bigint }
}

/** What is lost, and how a partition goes on once an operator has accepted that. */
export type Loss = {
  description: string
  movesCheckpoint: boolean
  /** End of the offsets from the checkpoint on that were never read and never will be. */
  lostTo: bigint
  nextOffset: bigint
  /** The log gives offsets again that were counted before. */
  isNewLog: boolean
  /** Postgres forgot what was counted up to here; it is in Kafka already. */
  recountUntil: bigint | null
  /** Offsets that were counted and whose outputs cannot be published any more. */
  lostOutputs: { from: bigint; to: bigint } | null
  /** Where publishing goes on. */
  publishFrom: bigint
}

/** Returns null when nothing is lost. The cases exclude each other; the first that applies is the one (G8). */
export function lossOf(
  position: PartitionPosition,
  where: { topic: string; partition: number },
): Loss | null {
  const { nextOffset, groupOffset, bounds } = position
  const name = `${where.topic}/${where.partition}`
  if (position.topicId !== position.currentTopicId)
    return newLog(position, bounds.start, `${name} was created anew, its old log is gone`)
  if (nextOffset > bounds.end) {
    const what = `the log of ${name} was truncated at ${bounds.end}: offsets up to ${nextOffset - 1n} were counted and come again`
    return newLog(position, bounds.end, what)
  }
  if (groupOffset !== null && groupOffset > nextOffset) return forgotten(position, groupOffset, name)
  return retention(position, name)
}

function newLog(position: PartitionPosition, start: bigint, what: string): Loss {
  const { nextOffset, endOffset, groupOffset } = position
  const lostTo = endOffset !== null && endOffset > nextOffset ? endOffset : nextOffset
  const unread = lostTo > nextOffset ? `; offsets ${nextOffset} to ${lostTo - 1n} were never read` : ''
  return {
    description: what + unread,
    movesCheckpoint: true,
    lostTo,
    nextOffset: start,
    isNewLog: true,
    recountUntil: null,
    lostOutputs:
      groupOffset !== null && groupOffset < nextOffset ? { from: groupOffset, to: nextOffset } : null,
    publishFrom: start,
  }
}

function forgotten({ nextOffset }: PartitionPosition, groupOffset: bigint, name: string): Loss {
  return {
    description:
      `Postgres was older than Kafka: offsets ${nextOffset} to ${groupOffset - 1n} of ${name} had been counted and published, ` +
      `and are counted again without being published`,
    movesCheckpoint: true,
    lostTo: nextOffset,
    nextOffset,
    isNewLog: false,
    recountUntil: groupOffset,
    lostOutputs: null,
    publishFrom: groupOffset,
  }
}

function retention({ nextOffset, groupOffset, bounds }: PartitionPosition, name: string): Loss | null {
  const isUnreadLost = nextOffset < bounds.start
  const isUnpublishedLost = groupOffset !== null && groupOffset < nextOffset && groupOffset < bounds.start
  if (!isUnreadLost && !isUnpublishedLost) return null
  const goesOnAt = isUnreadLost ? bounds.start : nextOffset
  const unread = isUnreadLost
    ? `offsets ${nextOffset} to ${bounds.start - 1n} of ${name} were gone from Kafka before they were read`
    : ''
  const unpublished = isUnpublishedLost
    ? `outputs of offsets from ${groupOffset} on were never published`
    : ''
  return {
    description: [unread, unpublished].filter((part) => part !== '').join('; '),
    movesCheckpoint: isUnreadLost,
    lostTo: goesOnAt,
    nextOffset: goesOnAt,
    isNewLog: false,
    recountUntil: null,
    lostOutputs: isUnpublishedLost
      ? { from: groupOffset, to: isUnreadLost ? nextOffset : bounds.start }
      : null,
    publishFrom: bounds.start,
  }
}
