import type { InputShapeFromFields } from '@pothos/core'
import type { CountFilter } from '../../db/read/login-counts.ts'
import { builder } from '../builder.ts'
import { DeviceTypeEnum, OutcomeEnum } from './enums.ts'

export const CountFilterInput = builder.inputType('LoginFilter', {
  description:
    'Which logins count. Values of one list are alternatives, lists hold together; a list left out allows every value, ' +
    'an empty one none.',
  fields: (t) => ({
    deviceTypes: t.field({ type: [DeviceTypeEnum], description: 'Device types to count.' }),
    appVersions: t.stringList({ description: 'App versions to count, as they are stored; exact.' }),
    locales: t.stringList({ description: 'Locales to count, as they are stored; exact.' }),
    outcomes: t.field({ type: [OutcomeEnum], description: 'Outcomes to count.' }),
  }),
})

export const countFilter = (input: typeof CountFilterInput.$inferInput | null | undefined): CountFilter => ({
  deviceTypes: input?.deviceTypes ?? null,
  appVersions: input?.appVersions ?? null,
  locales: input?.locales ?? null,
  outcomes: input?.outcomes ?? null,
})

/** Arguments of every question about counts. */
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

export type CountArgs = InputShapeFromFields<ReturnType<typeof countArgs>>
