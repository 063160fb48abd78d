import { parseIp } from './ip.ts'
import {
  holdsInexactNumber,
  isJsonObject,
  isNestedDeeperThan,
  type JsonObject,
  parseKeepingNumbers,
  withoutUnstorableCharacters,
} from './json-value.ts'
import { localeKind, normaliseLocale } from './locale.ts'
import type { DecodedLogin, DeviceType, Login, Outcome, RejectReason } from './login.ts'
import { isOpaqueText } from './opaque-text.ts'
import { readEventTime } from './event-time.ts'

export type DecodeOptions = {
  /** Unix milliseconds taken for "now"; the same for every attempt at the same batch. */
  nowMs: number
  /** Longer values are rejected as too_large. */
  maxBytes: number
}

// Long enough for two uuids with a prefix; keys of tables and topics stay small.
const ID_MAX_CHARACTERS = 128
// Dimensions of the counts: real locales and versions are under 30.
const DIMENSION_MAX_CHARACTERS = 64
// No login needs more, and every recursive reader downstream survives it.
const MAX_NESTING = 32

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Decides what a record is: a login in its normal form, or a reject with one reason. Reasons are looked for in the order
 * of `rejectReasons`' fields: the bytes, the JSON, user_id, device_id, ip, timestamp, nesting; the first one found counts.
 * Never throws for any bytes.
 */
export function decodeLogin(value: Uint8Array | null, { nowMs, maxBytes }: DecodeOptions): DecodedLogin {
  if (value === null) return reject('empty', 'a tombstone')
  if (value.length === 0) return reject('empty', 'a value of no bytes')
  if (value.length > maxBytes) return reject('too_large', `${value.length} bytes of ${maxBytes} allowed`)
  let text: string
  try {
    text = utf8.decode(value)
  } catch {
    return reject('not_utf8', 'bytes that are no UTF-8')
  }
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch (error) {
    return reject('not_json', String(error))
  }
  if (!isJsonObject(message)) return reject('not_an_object', `JSON of type ${typeName(message)}`)
  return decodeMessage(message, text, nowMs)
}

function decodeMessage(message: JsonObject, text: string, nowMs: number): DecodedLogin {
  const { user_id: userId, device_id: deviceId, ip } = message
  if (!isOpaqueText(userId, ID_MAX_CHARACTERS)) return rejectId('user_id', userId)
  if (!isOpaqueText(deviceId, ID_MAX_CHARACTERS)) return rejectId('device_id', deviceId)
  if (ip === undefined || ip === null) return reject('ip_missing', 'no ip')
  const address = typeof ip === 'string' ? parseIp(ip) : null
  if (address === null) return reject('ip_invalid', `ip is ${describe(ip)}`)
  const eventTimeMs = readEventTime(message.timestamp, nowMs)
  if (typeof eventTimeMs === 'string')
    return reject(eventTimeMs, `timestamp is ${describe(message.timestamp)}`)
  if (isNestedDeeperThan(message, MAX_NESTING)) {
    return reject('nested_too_deep', `more than ${MAX_NESTING} levels`)
  }
  const locale = readLocale(message.locale)
  const login: Login = {
    userId,
    deviceId,
    eventTimeMs,
    ip: address.ip,
    ipScope: address.scope,
    locale,
    localeKind: localeKind(locale),
    appVersion: readAppVersion(message.app_version, text),
    deviceType: readDeviceType(message.device_type),
    outcome: readOutcome(message.outcome),
    eventId: readId(message.event_id),
    failureReason: readId(message.failure_reason),
    sessionId: readId(message.session_id),
    extra: null,
  }
  login.extra = collectExtra(message, login, text)
  return { ok: true, login }
}

function readLocale(value: unknown): string {
  const locale = typeof value === 'string' ? value.trim() : value
  return isOpaqueText(locale, DIMENSION_MAX_CHARACTERS) ? normaliseLocale(locale) : 'unknown'
}

/** A number counts as it was written: 2.10 is not 2.1. */
function readAppVersion(value: unknown, text: string): string {
  if (typeof value === 'number') return readAppVersion(numberAsWritten('app_version', text), text)
  const version = typeof value === 'string' ? value.trim() : value
  return isOpaqueText(version, DIMENSION_MAX_CHARACTERS) ? version : 'unknown'
}

const numberAsWritten = (key: string, text: string) =>
  JSON.stringify((parseKeepingNumbers(text) as JsonObject)[key])

function readDeviceType(value: unknown): DeviceType {
  if (value === 'android' || value === 'iOS') return value
  if (typeof value !== 'string') return 'unknown'
  const lower = value.toLowerCase()
  return lower === 'android' ? 'android' : lower === 'ios' ? 'iOS' : 'unknown'
}

function readOutcome(value: unknown): Outcome {
  if (typeof value !== 'string') return 'unknown'
  const lower = value.toLowerCase()
  return lower === 'success' || lower === 'failure' ? lower : 'unknown'
}

const readId = (value: unknown) => (isOpaqueText(value, ID_MAX_CHARACTERS) ? value : null)

/** What the login has no place for: unknown keys, and optional fields whose value could not be used. */
function collectExtra(message: JsonObject, login: Login, text: string): string | null {
  let keys: string[] | null = null
  for (const key in message) {
    if (!isKept(key, message[key], login)) (keys ??= []).push(key)
  }
  if (keys === null) return null
  const exact = keys.some((key) => holdsInexactNumber(message[key]))
  const source = exact ? (parseKeepingNumbers(text) as JsonObject) : message
  const entries = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(source[key])}`)
  return withoutUnstorableCharacters(`{${entries.join(',')}}`)
}

function isKept(key: string, value: unknown, login: Login): boolean {
  switch (key) {
    case 'user_id':
    case 'device_id':
    case 'ip':
    case 'timestamp':
      return true
    case 'app_version':
      return isUsed(value, login.appVersion)
    case 'locale':
      return isUsed(value, login.locale)
    case 'device_type':
      return isUsed(value, login.deviceType)
    case 'outcome':
      return isUsed(value, login.outcome)
    case 'event_id':
      return value === null || login.eventId !== null
    case 'failure_reason':
      return value === null || login.failureReason !== null
    case 'session_id':
      return value === null || login.sessionId !== null
    default:
      return false
  }
}

const isUsed = (value: unknown, normalised: string) =>
  normalised !== 'unknown' || value === null || value === 'unknown'

const rejectId = (field: 'user_id' | 'device_id', value: unknown): DecodedLogin =>
  value === undefined || value === null
    ? reject(`${field}_missing`, `no ${field}`)
    : reject(`${field}_invalid`, `${field} is ${describe(value)}`)

const DETAIL_MAX_CHARACTERS = 200

/** The detail is short and safe to store and log; the raw bytes are kept beside it. */
const reject = (reason: RejectReason, detail: string): DecodedLogin => ({
  ok: false,
  reason,
  detail: detail.slice(0, DETAIL_MAX_CHARACTERS).toWellFormed().replaceAll('\0', '\ufffd'),
})

function describe(value: unknown): string {
  if (value === undefined || typeof value === 'object') return typeName(value)
  if (typeof value === 'string' && value.length > DETAIL_MAX_CHARACTERS / 2)
    return `text of ${value.length} characters`
  return `the ${typeName(value)} ${JSON.stringify(value)}`
}

const typeName = (value: unknown) =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'string' ? 'text' : typeof value
