export type DeviceType = 'android' | 'iOS' | 'unknown'
export type Outcome = 'success' | 'failure' | 'unknown'
export type IpScope = 'public' | 'private' | 'reserved'
export type LocaleKind = 'us_state' | 'iso_country' | 'ambiguous' | 'other'

/** An accepted login in its normal form. */
export type Login = {
  userId: string
  deviceId: string
  /** Unix milliseconds. */
  eventTimeMs: number
  ip: string
  ipScope: IpScope
  locale: string
  localeKind: LocaleKind
  appVersion: string
  deviceType: DeviceType
  outcome: Outcome
  eventId: string | null
  failureReason: string | null
  sessionId: string | null
  /** JSON object text of the keys that have no field above, safe for jsonb; null if there are none. */
  extra: string | null
}

/** All reasons to reject a record. Each record that is no login has exactly one. */
export const rejectReasons = [
  'empty',
  'too_large',
  'not_utf8',
  'avro_or_protobuf',
  'not_json',
  'not_an_object',
  'nested_too_deep',
  'user_id_missing',
  'user_id_invalid',
  'device_id_missing',
  'device_id_invalid',
  'ip_missing',
  'ip_invalid',
  'timestamp_missing',
  'timestamp_invalid',
  'timestamp_not_positive',
  'timestamp_in_future',
  'timestamp_too_old',
] as const
export type RejectReason = (typeof rejectReasons)[number]

export type DecodedLogin = { ok: true; login: Login } | { ok: false; reason: RejectReason; detail: string }
