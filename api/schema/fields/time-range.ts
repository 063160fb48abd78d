import type { TimeRange } from '../../../db/read/keyset.ts'
import { type Moment, momentMs } from '../../../domain/time/moment.ts'
import { builder } from '../builder.ts'

export const TimeRangeInput = builder.inputType('TimeRange', {
  description:
    'A span of time, [from, to): from is in it, to is not. A bound left out is unbounded, and dates are of UTC. Example: {from: "2026-11-01"}.',
  fields: (t) => ({
    from: t.field({ type: 'Moment', description: 'First moment of the span.' }),
    to: t.field({ type: 'Moment', description: 'End of the span, exclusive.' }),
  }),
})

export const timeRange = (input: typeof TimeRangeInput.$inferInput | null | undefined): TimeRange => ({
  from: dateOf(input?.from),
  to: dateOf(input?.to),
})

const dateOf = (moment: Moment | null | undefined): Date | null =>
  moment == null ? null : new Date(momentMs(moment))
