import type { AnswerPosition } from '../../../domain/pipeline/answer-position.ts'
import type { PartitionProgress } from './progress.ts'

/** What counts in a snapshot include. */
export const positionOf = (topic: string, progress: readonly PartitionProgress[]): AnswerPosition => ({
  topic,
  partitions: new Map(
    progress.map(({ partition, incarnation, next_offset: nextOffset, changes }) => [
      partition,
      { incarnation, nextOffset, changes },
    ]),
  ),
})
