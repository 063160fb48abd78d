/** How far a partition has come, according to Postgres and to Kafka. */
export type PartitionPosition = {
  topicId: string
  currentTopicId: string
  nextOffset: bigint
  /** End of the log when Rollcall last saw it; null if it never did. */
  endOffset: bigint | null
  /**
   * First offset whose outputs are not in Kafka, according to Kafka's group offset; null if the group has
   * none.
   */
  groupOffset: bigint | null
  /** Outputs of offsets below this one are in Kafka, according to Postgres. */
  publishedOffset: bigint
  bounds: { start: bigint; end: bigint }
}

/** What is lost, and how the partition continues once an operator has accepted that. */
export type Loss = {
  description: string
  movesCheckpoint: boolean
  /** End of the offsets, from the checkpoint on, that were never read and never will be. */
  lostTo: bigint
  nextOffset: bigint
  /** Whether the log hands out offsets again that were counted before. */
  isNewLog: boolean
  /** Postgres lost what was counted up to this offset, but Kafka has the outputs. */
  recountUntil: bigint | null
  /** Offsets that were counted and whose outputs can no longer be published. */
  lostOutputs: { from: bigint; to: bigint } | null
  /** Offset from which publishing continues. */
  publishFrom: bigint
}

/**
 * Finds what is lost; null if nothing is. The cases exclude each other, and the first that applies decides
 * (G8).
 */
export function lossOf(
  position: PartitionPosition,
  where: { topic: string; partition: number },
): Loss | null {
  const { nextOffset, groupOffset, bounds } = position
  const name = `${where.topic}/${where.partition}`
  if (position.topicId !== position.currentTopicId)
    return newLog(position, bounds.start, `${name} was re-created, and its old log is gone`)
  if (nextOffset > bounds.end) {
    const what = `the log of ${name} was truncated at ${bounds.end}: offsets up to ${nextOffset - 1n} were counted and will occur again`
    return newLog(position, bounds.end, what)
  }
  if (groupOffset !== null && groupOffset > nextOffset) return databaseSetBack(position, groupOffset, name)
  return retention(position, name) ?? groupOffsetSetBack(position, name)
}

/**
 * Only Kafka's group offset went back, and Postgres knows how far outputs are published, so nothing is lost.
 */
function groupOffsetSetBack(
  { nextOffset, groupOffset, publishedOffset }: PartitionPosition,
  name: string,
): Loss | null {
  if (groupOffset === null || groupOffset >= publishedOffset) return null
  return {
    description:
      `the group offset of ${name} was set back to ${groupOffset}, although outputs up to ${publishedOffset - 1n} are published: ` +
      `publishing continues after them`,
    movesCheckpoint: false,
    lostTo: nextOffset,
    nextOffset,
    isNewLog: false,
    recountUntil: null,
    lostOutputs: null,
    publishFrom: publishedOffset,
  }
}

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b)

function newLog(position: PartitionPosition, start: bigint, what: string): Loss {
  const { nextOffset, endOffset, publishedOffset } = position
  const groupOffset = position.groupOffset === null ? null : later(position.groupOffset, publishedOffset)
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

function databaseSetBack({ nextOffset }: PartitionPosition, groupOffset: bigint, name: string): Loss {
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

function retention(position: PartitionPosition, name: string): Loss | null {
  const { nextOffset, publishedOffset, bounds } = position
  const groupOffset = position.groupOffset === null ? null : later(position.groupOffset, publishedOffset)
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
    publishFrom: later(bounds.start, publishedOffset),
  }
}

/**
 * What is lost when a topic was re-created with fewer partitions. This partition is retired, and starts from
 * offset 0 if it comes back.
 */
export function retirement(
  { nextOffset, endOffset }: Pick<PartitionPosition, 'nextOffset' | 'endOffset'>,
  { topic, partition }: { topic: string; partition: number },
): Loss {
  const lostTo = endOffset === null ? nextOffset : later(endOffset, nextOffset)
  const unread = lostTo > nextOffset ? `; offsets ${nextOffset} to ${lostTo - 1n} were never read` : ''
  return {
    description: `${topic} was re-created without partition ${partition}, which is retired${unread}`,
    movesCheckpoint: true,
    lostTo,
    nextOffset: 0n,
    isNewLog: true,
    recountUntil: null,
    lostOutputs: null,
    publishFrom: 0n,
  }
}
