import type { SetBasis } from '../../../domain/engagement/set-sources.ts'
import { builder } from '../builder.ts'
import { capitals } from './enum-values.ts'

export const SetBasisEnum = builder.enumType('SetBasis', {
  description: 'What users, devices and addresses of a span were counted by.',
  values: capitals<SetBasis>({
    time_zone: 'The span itself, exactly.',
    utc_days:
      'The days of UTC with the same dates, because the span is older than sets by the minute are kept (SET_RETENTION_DAYS) and ' +
      '`timeZone` is not UTC. Exact for those days.',
  }),
})
