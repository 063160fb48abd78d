import type { CountFilter } from '../../../db/read/counts/count-filter.ts'
import { byList, type Dimension } from '../../../domain/counts/dimensions.ts'
import { builder } from '../builder.ts'
import { titleOf, typeOf, UsRegionEnum } from '../fields/dimensions.ts'

export const CountFilterInput = builder.inputType('LoginFilter', {
  description:
    'Which logins count. A login must match every list that is given, by any one of its values. A list left out ' +
    'allows every value, an empty one none.',
  fields: (t) => ({
    ...byList((dimension) =>
      t.field({
        type: [typeOf(dimension)],
        description: `${titleOf(dimension)}s to count${matched(dimension)}.`,
      }),
    ),
    usRegions: t.field({
      type: [UsRegionEnum],
      description: 'Regions of the US to count: locales read as states.',
    }),
  }),
})

const matched = ({ values }: Dimension) => (values === null ? ', as they are stored; exact' : '')

export const countFilter = (input: typeof CountFilterInput.$inferInput | null | undefined): CountFilter => ({
  ...byList(({ list }) => input?.[list] ?? null),
  usRegions: input?.usRegions ?? null,
})

/** The arguments of questions about a range of time. */
export const countArgs = () =>
  builder.args((t) => ({
    from: t.field({
      type: 'DateTime',
      description:
        'First moment of the range, by the time of the event; on a whole minute. Left out: 24 hours before `to`.',
    }),
    to: t.field({
      type: 'DateTime',
      description:
        'End of the range, itself not in it; on a whole minute. Left out: the end of the current minute.',
    }),
    filter: t.field({ type: CountFilterInput, description: 'Which logins count; left out: all.' }),
  }))

/**
 * The arguments of questions about buckets of time.
 * @param leftOut what `from` and `to` are if they are left out, in words
 */
export const bucketArgs = (
  leftOut = {
    from: '60 minutes, 24 hours, 30 days, 12 weeks or 12 months before `to`, by the length of the buckets',
    to: 'the end of the bucket that is running',
  },
) =>
  builder.args((t) => ({
    from: t.field({
      type: 'DateTime',
      description: `First moment of the range, by the time of the event; on a whole minute. Left out: ${leftOut.from}.`,
    }),
    to: t.field({
      type: 'DateTime',
      description: `End of the range, itself not in it; on a whole minute. Left out: ${leftOut.to}.`,
    }),
    timeZone: t.string({
      defaultValue: 'UTC',
      description:
        'Time zone of the hours, days, weeks and months, by its IANA name, such as Europe/Berlin. Days have 23 or 25 hours where ' +
        'its clocks change.',
    }),
    filter: t.field({ type: CountFilterInput, description: 'Which logins count; left out: all.' }),
  }))

/** The arguments of questions that can be asked as of a moment. */
export const momentArgs = () =>
  builder.args((t) => ({
    asOf: t.field({
      type: 'DateTime',
      description:
        'The moment whose counts are wanted: what was written after it, such as late logins and replays, does not ' +
        'count. Left out: now.',
    }),
    asOfBatch: t.field({
      type: 'Offset',
      description: 'Counts as they stood once this batch (its id) was written; in place of asOf.',
    }),
  }))

/** The arguments of questions about when logins were counted. */
export const arrivalArgs = () =>
  builder.args((t) => ({
    from: t.field({
      type: 'DateTime',
      description:
        'First moment of the range, by when records were counted; on a quarter of an hour. Left out: 24 hours, 30 days, 12 ' +
        'weeks or 12 months before `to`.',
    }),
    to: t.field({
      type: 'DateTime',
      description:
        'End of the range, itself not in it; on a quarter of an hour. Left out: the end of the bucket that is running.',
    }),
    timeZone: t.string({
      defaultValue: 'UTC',
      description: 'Time zone of the hours, days, weeks and months, by its IANA name, such as Europe/Berlin.',
    }),
  }))
