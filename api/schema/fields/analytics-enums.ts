import type { DelayClass, LatenessClass } from '../../../domain/engagement/arrival.ts'
import type { IpScope, LocaleKind } from '../../../domain/login/login.ts'
import { weekdays } from '../../../domain/measures/group-dimension.ts'
import type { CalendarBucket, Weekday } from '../../../domain/time/calendar.ts'
import type { AttemptKind } from '../../../domain/sightings/attempts.ts'
import { builder } from '../builder.ts'
import { capitalised, capitals } from './enum-values.ts'

export const BucketEnum = builder.enumType('Bucket', {
  description: 'Length of a time bucket, by the clock and calendar of a time zone.',
  values: capitals<CalendarBucket>({
    minute: 'A minute, the finest that counts are kept in; for MINUTE_RETENTION_DAYS.',
    hour: 'An hour; one that the clock repeats is two.',
    day: 'From midnight to midnight; 23 or 25 hours where the clock changes.',
    week: 'Seven days from `weekStart` on; from Monday (ISO 8601) where a question has none.',
    month: 'A calendar month.',
    quarter: 'January to March, April to June, July to September, October to December.',
    year: 'A calendar year.',
  }),
})

export const WeekdayEnum = builder.enumType('Weekday', {
  description: 'A day of the week.',
  values: Object.fromEntries(
    weekdays.map((name, i) => [
      name,
      { value: (i + 1) as Weekday, description: `${capitalised(name.toLowerCase())}.` },
    ]),
  ) as Record<(typeof weekdays)[number], { value: Weekday; description: string }>,
})

export const IpScopeEnum = builder.enumType('IpScope', {
  description: 'Kind of an IP address.',
  values: capitals<IpScope>({
    public: 'Routed on the internet.',
    private: 'Private, loopback or link-local.',
    reserved: 'Reserved by IANA.',
  }),
})

export const LocaleKindEnum = builder.enumType('LocaleKind', {
  description: 'What a locale can be.',
  values: capitals<LocaleKind>({
    us_state: 'A state, district or territory of the US.',
    iso_country: 'A country (ISO 3166-1).',
    ambiguous: 'Both, such as CA, DE and IN: never guessed.',
    other: 'None of these, such as en-US.',
  }),
})

export const LatenessClassEnum = builder.enumType('LatenessClass', {
  description: 'How long after its event an attempt reached Kafka.',
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
  description: 'How long after it reached Kafka an attempt was counted.',
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

export const AttemptKindEnum = builder.enumType('AttemptKind', {
  description: 'Which attempts to log in make somebody active, seen or counted.',
  values: capitals<AttemptKind>({
    all: 'All attempts.',
    logins: 'Attempts that did not fail: their outcome is SUCCESS or UNKNOWN.',
    failures: 'Attempts that failed: their outcome is FAILURE.',
  }),
})
