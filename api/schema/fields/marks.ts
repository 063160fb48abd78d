import type { Marks } from '../../questions/bucket-completeness.ts'

/** The field `isComplete` of a bucket or a range. */
export const isCompleteField = {
  type: 'Boolean' as const,
  description:
    'Whether it is over, and every attempt of that time that Kafka is known to hold is counted: each partition with unread records ' +
    'has been counted past the end (by the time of events, which arrive roughly in order), and nothing is parked that can be of ' +
    'that time. Late attempts are still added to it. For counts as of a past moment: whether it was over then, and is complete now.',
  resolve: ({ isComplete }: Pick<Marks, 'isComplete'>) => isComplete,
}

/** The field `isCut` of a bucket. */
export const isCutField = {
  type: 'Boolean' as const,
  description:
    'Whether the range covers only a part of the bucket, which begins before `start` or ends after `end`. For example, the week from ' +
    'Monday 26 October in a range that begins on 1 November.',
  resolve: ({ isCut }: Pick<Marks, 'isCut'>) => isCut,
}
