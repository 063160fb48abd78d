import type { Marks } from '../../questions/bucket-completeness.ts'

const COUNTED =
  'and every login of that time that Kafka is known to hold is counted: each partition with unread records has been counted past ' +
  'the end (by the time of events, which arrive roughly in order), and nothing is parked that can be of that time. Late logins ' +
  'are still added to it. For counts as of a past moment: whether it was over then, and is complete now.'

/** The field `isComplete` of a bucket or a period. */
export const isCompleteField = {
  type: 'Boolean' as const,
  description: `Whether it is over, ${COUNTED}`,
  resolve: ({ isComplete }: Pick<Marks, 'isComplete'>) => isComplete,
}

/** The field `isComplete` of an answer about one range. */
export const isCompleteRangeField = {
  ...isCompleteField,
  description: `Whether the range is over, ${COUNTED}`,
}

/** The field `isCut` of a bucket. */
export const isCutField = {
  type: 'Boolean' as const,
  description:
    'Whether the range covers only a part of the bucket, which begins before `start` or ends after `end`.',
  resolve: ({ isCut }: Pick<Marks, 'isCut'>) => isCut,
}
