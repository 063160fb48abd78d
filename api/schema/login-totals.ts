import type { MinuteRange } from '../../db/read/minute-range.ts'
import { readLoginTotal } from '../../db/read/login-counts.ts'
import { builder } from '../builder.ts'
import { checkBuckets, minuteRange } from '../caps.ts'
import { InvalidRangeError, RangeTooLargeError } from '../errors.ts'
import { countArgs, countFilter } from './count-args.ts'
import { freshnessField } from './freshness.ts'

const LoginTotals = builder.objectRef<MinuteRange & { logins: bigint }>('LoginTotals').implement({
  description: 'Logins of a whole range.',
  fields: (t) => ({
    from: t.field({
      type: 'DateTime',
      description: 'First moment of the range.',
      resolve: ({ fromMs }) => new Date(fromMs),
    }),
    to: t.field({
      type: 'DateTime',
      description: 'End of the range, itself not in it.',
      resolve: ({ toMs }) => new Date(toMs),
    }),
    logins: t.expose('logins', { type: 'BigInt', description: 'Accepted logins, each counted once.' }),
    freshness: t.field(freshnessField),
  }),
})

builder.queryField('loginTotals', (t) =>
  t.field({
    type: LoginTotals,
    nullable: true,
    errors: {
      types: [InvalidRangeError, RangeTooLargeError],
      union: { description: 'Logins of a whole range, or why not.' },
    },
    description: 'Logins of a whole range, by the time of the event.',
    args: countArgs(),
    resolve: async (_, args, context) => {
      const range = minuteRange(args.from ?? null, args.to ?? null, context.nowMs)
      checkBuckets(range, 'day')
      const logins = await context.read((session) => readLoginTotal(session, range, countFilter(args.filter)))
      return { ...range, logins }
    },
  }),
)
