import type { PeopleMeasure } from '../../../domain/measures/people.ts'
import type { Measured } from '../../questions/measures/shape-measures.ts'
import { builder } from '../builder.ts'
import { SetBasisEnum } from '../fields/set-basis.ts'
import { MeasuredInterface } from './measured.ts'

/** A count of people reads lists or bitmaps of the whole span. */
const ofSets = { complexity: 2, extensions: { readsSets: true } }

const valueOf = ({ tally }: Measured, measure: PeopleMeasure): number | null => tally.people.of(measure)

const people = (measure: PeopleMeasure, description: string) => ({
  ...ofSets,
  type: 'BigInt' as const,
  description,
  resolve: (measured: Measured) => valueOf(measured, measure) ?? 0,
})

const DEFAULT_DAYS = 30
/** An argument that is a number of days. */
const daysArg = (description: string) => ({
  type: 'Int' as const,
  required: true as const,
  defaultValue: DEFAULT_DAYS,
  description,
})

builder.interfaceFields(MeasuredInterface, (t) => ({
  users: t.field(
    people(
      { name: 'users' },
      'Different users, each once: the active users of the span, by the attempts that `attempts` says.',
    ),
  ),
  devices: t.field(
    people({ name: 'devices' }, 'Different devices, each once, of the same attempts as `users`.'),
  ),
  addresses: t.field(
    people({ name: 'addresses' }, 'Different IP addresses, each once, of the same attempts as `users`.'),
  ),
  newUsers: t.field(
    people(
      { name: 'new_users' },
      'Users whose first attempt (of `attempts`, whatever the filter and group) lies in the span.',
    ),
  ),
  returningUsers: t.field(
    people(
      { name: 'returning_users' },
      'Users of the span who were also active in the one before, which is as long, by the same filter and group.',
    ),
  ),
  resurrectedUsers: t.field(
    people(
      { name: 'resurrected_users' },
      'Users of the span who are neither new nor returning: they were away for at least one span.',
    ),
  ),
  dormantUsers: t.field({
    type: 'BigInt',
    ...ofSets,
    nullable: true,
    description:
      'Users who were active in the span before and are not, or not yet, in this one; null before it begins.',
    resolve: (measured) => valueOf(measured, { name: 'dormant_users' }),
  }),
  comebackUsers: t.field({
    ...ofSets,
    type: 'BigInt',
    args: { afterDays: t.arg(daysArg('How many days of `timeZone` they were away at least, 1 to 366.')) },
    description:
      'Users of the span who are not new and were not active in the `afterDays` days before it. Of a whole range these are the days ' +
      'before the range begins, of a bucket those before the bucket: the total is not the sum of the points, and somebody who was ' +
      'active shortly before the range counts in a later bucket only.',
    resolve: (measured, { afterDays: days }) => valueOf(measured, { name: 'comeback_users', days }) ?? 0,
  }),
  trailingUsers: t.field({
    ...ofSets,
    type: 'BigInt',
    args: { days: t.arg(daysArg('How many days, 1 to 366.')) },
    description:
      'Users who were active on one of the `days` days (of `timeZone`) that end with the span: WAU with 7, MAU with 30. Days that are not ' +
      'over are among them: where the span ends later than now, as of a bucket that has not begun, it is the users of the days so far.',
    resolve: (measured, { days }) => valueOf(measured, { name: 'trailing_users', days }) ?? 0,
  }),
  stickiness: t.float({
    ...ofSets,
    nullable: true,
    args: { days: t.arg(daysArg('How many days, 2 to 366.')) },
    description:
      'Mean daily users of the `days` days (of `timeZone`) that end with the span, as part of the users of all of them: 0 to 1; null ' +
      'without any, and before the span begins. The usual DAU/MAU with 30. Days that are not over press it down: it is final once the ' +
      'span is over.',
    resolve: (measured, { days }) => valueOf(measured, { name: 'stickiness', days }),
  }),
  setBasis: t.field({
    type: SetBasisEnum,
    description:
      'What users, devices and addresses were counted by. For example, UTC_DAYS for a day of Berlin older than SET_RETENTION_DAYS, which is ' +
      'answered by the day of UTC with this date.',
    resolve: ({ tally }) => tally.people.basis,
  }),
}))
