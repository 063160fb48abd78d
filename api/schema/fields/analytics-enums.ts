import type { DelayClass, LatenessClass } from '../../../domain/engagement/arrival.ts'
import type { CalendarBucket } from '../../../domain/time/calendar.ts'
import type { BucketSize } from '../../../domain/time/bucket.ts'
import type { Period } from '../../../domain/time/period.ts'
import type { UniquesSource } from '../../questions/uniques.ts'
import { builder } from '../builder.ts'
import { capitals } from './enum-values.ts'

export const BucketEnum = builder.enumType('Bucket', {
  description: 'Length of a time bucket, by the clock and calendar of a time zone.',
  values: capitals<CalendarBucket>({
    minute: 'A minute, the finest that counts are kept in; for MINUTE_RETENTION_DAYS.',
    hour: 'An hour; one that the clock repeats is two.',
    day: 'From midnight to midnight; 23 or 25 hours where the clock changes.',
    week: 'From Monday to Sunday (ISO 8601).',
    month: 'A calendar month.',
  }),
})

export const ArrivalBucketEnum = builder.enumType('ArrivalBucket', {
  description: 'Length of a time bucket of arrivals, by the clock and calendar of a time zone.',
  values: capitals<Exclude<CalendarBucket, 'minute'>>({
    hour: 'An hour; one that the clock repeats is two.',
    day: 'From midnight to midnight; 23 or 25 hours where the clock changes.',
    week: 'From Monday to Sunday (ISO 8601).',
    month: 'A calendar month.',
  }),
})

export const LatenessClassEnum = builder.enumType('LatenessClass', {
  description: 'How long after its event a login reached Kafka; events are of whole seconds.',
  values: capitals<LatenessClass>({
    ahead: 'Before its event: the clock of the device, or of the broker, is wrong.',
    within_10_seconds: 'From 0 to 10 seconds.',
    within_1_minute: 'More than 10 seconds, up to a minute.',
    within_10_minutes: 'More than a minute, up to 10.',
    within_1_hour: 'More than 10 minutes, up to an hour.',
    within_1_day: 'More than an hour, up to 24.',
    later: 'More than 24 hours.',
  }),
})

export const DelayClassEnum = builder.enumType('DelayClass', {
  description: 'How long after it reached Kafka a login was counted.',
  values: capitals<DelayClass>({
    within_100_ms: 'Up to 100 milliseconds.',
    within_250_ms: 'More, up to 250 milliseconds.',
    within_500_ms: 'More, up to 500 milliseconds.',
    within_1_second: 'More, up to a second.',
    within_2_seconds: 'More, up to 2 seconds.',
    within_5_seconds: 'More, up to 5 seconds.',
    within_10_seconds: 'More, up to 10 seconds.',
    within_1_minute: 'More, up to a minute.',
    within_10_minutes: 'More, up to 10 minutes.',
    within_1_hour: 'More, up to an hour.',
    later: 'More than an hour: an outage, a backlog, a replay.',
  }),
})

export const UtcBucketEnum = builder.enumType('UtcBucket', {
  description: 'Length of a time bucket of UTC.',
  values: capitals<BucketSize>({
    minute: '60 seconds, the finest that counts are kept in.',
    hour: '60 minutes from a whole hour of UTC.',
    day: '24 hours from midnight UTC.',
  }),
})

export const PeriodEnum = builder.enumType('Period', {
  description: 'Calendar period of UTC.',
  values: capitals<Period>({
    day: '24 hours from midnight UTC.',
    week: 'Seven days from Monday (ISO 8601).',
    month: 'A month of the calendar.',
  }),
})

export const UniquesSourceEnum = builder.enumType('UniquesSource', {
  description: 'What a number of uniques was counted from; exact either way.',
  values: capitals<UniquesSource>({
    days: 'From who was active on which day (UTC): at any age.',
    days_and_rows:
      'From whole days, and from rows of logins for the hours before and after them, within LOGIN_RETENTION_DAYS.',
    rows: 'From rows of logins: within LOGIN_RETENTION_DAYS.',
  }),
})

export const OrderEnum = builder.enumType('Order', {
  description: 'Which end of a ranking comes first.',
  values: {
    DESC: { value: 'desc', description: 'Most logins first.' },
    ASC: {
      value: 'asc',
      description: 'Fewest logins first; values without any login are absent.',
    },
  } as const,
})
