/** The keys of a message that mean something to Rollcall; a scanned login has no others. */
export const keys = [
  'user_id',
  'device_id',
  'ip',
  'event_id',
  'failure_reason',
  'session_id',
  'locale',
  'app_version',
  'device_type',
  'outcome',
  'timestamp',
] as const
export type Key = (typeof keys)[number]

/** Place of each key in `keys`. */
export const place = Object.fromEntries(keys.map((key, at) => [key, at])) as Record<Key, number>
