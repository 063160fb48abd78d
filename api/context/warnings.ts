/** Why an answer that is right may not be what was meant: every code of `extensions.warnings`, as docs/errors.md prints it. */
export const warningCodes = {
  UNKNOWN_VALUE:
    'A filter names a value, a user, a device or an address that no attempt ever had: it matches nothing, and `notIn` leaves nothing out by it.',
  EMPTY_FILTER:
    'No value meets all conditions of a filter, such as `in` and `notIn` with the same value, `in: []`, the range `>=3 <2` or a US region with locales outside it; or a list such as `users: []` has nothing in it, or a span ends where it begins: it matches nothing.',
  EMPTY_BY_ATTEMPTS:
    'The filter asks only for outcomes that `attempts` leaves out, or a group or the total has attempts but none of that kind, so nobody is counted. `attempts: ALL` counts them.',
  BEFORE_FIRST_ATTEMPT:
    'The range, or one that it is compared with, begins before the day of the first attempt that was counted (with buckets of minutes or hours: before that bucket): until `freshness.firstAttemptAt` it has 0 because nothing is known.',
  IN_SILENCE:
    'The range, or one that it is compared with, begins in a silence of more than 30 days without any attempt, such as between an event of a producer whose clock was wrong and the first real one (with buckets of minutes or hours: before the bucket with which the silence ends): until it ends, 0 may say that nothing is known.',
  UNKNOWN_OUTCOMES:
    'Logins or failures are asked for, and attempts of the range, or of one that it is compared with, had an `outcome` that is not understood: they count as logins. docs/messages.md lists what is understood.',
  MISSING_ARGUMENT:
    'A field is empty, or an argument does nothing, because another argument was not given: points need `bucket`, and groups, `first` and `orderBy` need `groupBy`.',
  NOT_SEARCHED:
    'No attempt with an event_id was found, and there are rejected or parked records, which are not looked through for it.',
  UTC_DAYS:
    'A span by another clock than that of UTC is older than SET_RETENTION_DAYS, so its users, devices and addresses are of the days of UTC with the same dates: where `setBasis` says so.',
  SETS_INCLUDE_FAILURES:
    'In days from before an upgrade failures cannot be told apart, and count as logins. `attempts: ALL` is exact.',
} as const

export type WarningCode = keyof typeof warningCodes

/** What clients find in `extensions.warnings`. */
export type Warning = {
  code: WarningCode
  /** The field of the answer. */
  path: readonly (string | number)[]
  /** Where in the field's arguments, such as filter.locale.in. */
  argument: string
  message: string
}
