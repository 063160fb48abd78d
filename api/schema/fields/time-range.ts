import type { TimeRange } from '../../../db/read/keyset.ts'
import { builder } from '../builder.ts'

export const TimeRangeInput = builder.inputType('TimeRange', {
  description: 'A span of time, [from, to): from is in it, to is not. A bound left out is unbounded.',
  fields: (t) => ({
    from: t.field({ type: 'DateTime', description: 'First moment of the span.' }),
    to: t.field({ type: 'DateTime', description: 'End of the span, itself not in it.' }),
  }),
})

export const timeRange = (input: typeof TimeRangeInput.$inferInput | null | undefined): TimeRange => ({
  from: input?.from ?? null,
  to: input?.to ?? null,
})
