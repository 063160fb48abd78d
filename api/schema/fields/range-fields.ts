import type { TimeBucket } from '../../../domain/time/bucket.ts'

/** The field `from` of an answer: where its range begins. */
export const fromField = <Parent>(rangeOf: (parent: Parent) => TimeBucket) => ({
  type: 'DateTime' as const,
  description: 'First moment of the range.',
  resolve: (parent: Parent) => new Date(rangeOf(parent).fromMs),
})

/** The field `to` of an answer: where its range ends. */
export const toField = <Parent>(rangeOf: (parent: Parent) => TimeBucket) => ({
  type: 'DateTime' as const,
  description: 'End of the range, exclusive.',
  resolve: (parent: Parent) => new Date(rangeOf(parent).toMs),
})
