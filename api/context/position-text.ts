import type { AnswerPosition, PartitionPosition } from '../../domain/pipeline/answer-position.ts'

const HEAD = /^p1\/([A-Za-z0-9._-]{1,249})\/(.*)$/
/** Partition, incarnation, next offset, changes. */
const PARTITION = /^(\d{1,10}):(\d{1,9}):(\d{1,18}):(\d{1,18})$/

/** Writes a position as opaque text; some 25 characters a partition. */
export function formatPosition({ topic, partitions }: AnswerPosition): string {
  const parts = Array.from(
    partitions,
    ([partition, { incarnation, nextOffset, changes }]) =>
      `${partition}:${incarnation}:${nextOffset}:${changes}`,
  )
  return Buffer.from(`p1/${topic}/${parts.join(',')}`).toString('base64url')
}

/** Returns null when the text is no position. */
export function parsePosition(text: string): AnswerPosition | null {
  const [, topic, parts] = HEAD.exec(Buffer.from(text, 'base64url').toString()) ?? []
  if (topic === undefined || parts === undefined) return null
  const partitions = new Map<number, PartitionPosition>()
  for (const part of parts === '' ? [] : parts.split(',')) {
    const [, partition, incarnation, nextOffset, changes] = PARTITION.exec(part) ?? []
    if (nextOffset === undefined || changes === undefined) return null
    partitions.set(Number(partition), {
      incarnation: Number(incarnation),
      nextOffset: BigInt(nextOffset),
      changes: BigInt(changes),
    })
  }
  return { topic, partitions }
}
