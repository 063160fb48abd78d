import { type ClientIp, parseClientIp } from '../fields/client-ip.ts'
import { collectExtra } from './collect-extra.ts'
import type { DecodeRules } from './decode-rules.ts'
import { exactMessage, openEnvelopes, type Opened } from './envelope.ts'
import { type EventTimeProblem, readEventTime, EXPECTED_TIMESTAMP } from '../fields/event-time.ts'
import { isNestedDeeperThan, type JsonObject } from '../login/json-value.ts'
import { localeKind, normaliseLocale } from '../fields/locale.ts'
import type { DecodedLogin, DeviceType, Login, RejectReason } from '../login/login.ts'
import { isOpaqueText } from '../login/opaque-text.ts'
import { readOutcome, readOutcomeWord } from '../fields/outcome.ts'
import { boundedDetail, describe, describeKeys } from '../login/reject-detail.ts'

// Long enough for two UUIDs with a prefix, and short enough to keep keys of tables and topics small.
export const ID_MAX_CHARACTERS = 128
// Real locales and versions have fewer than 30 characters. Counts are kept for each value.
const DIMENSION_MAX_CHARACTERS = 64
// No login needs more, and every recursive reader downstream can handle this depth.
const MAX_NESTING = 32

/**
 * Decides what a JSON object is: a message itself or an envelope around one. `text` is the JSON of `outer`.
 */
export function decodeMessage(
  outer: JsonObject,
  text: string,
  nowMs: number,
  rules: DecodeRules,
): DecodedLogin {
  const opened = openEnvelopes(outer, text)
  const { message, root, attributes } = opened
  const isTooDeep =
    isNestedDeeperThan(outer, MAX_NESTING) ||
    (root !== outer && (isNestedDeeperThan(root, MAX_NESTING) || isNestedDeeperThan(attributes, MAX_NESTING)))
  const { user_id: userId, device_id: deviceId, ip } = message
  const address = typeof ip === 'string' ? parseClientIp(ip) : null
  const eventTimeMs = readTimestamp(opened, isTooDeep, { nowMs, maxAgeDays: rules.maxAgeDays }, rules)
  if (
    isTooDeep ||
    address === null ||
    typeof eventTimeMs !== 'number' ||
    !isOpaqueText(userId, ID_MAX_CHARACTERS) ||
    !isOpaqueText(deviceId, ID_MAX_CHARACTERS)
  )
    return rejectMessage(opened, isTooDeep, address, eventTimeMs)
  return { ok: true, login: makeLogin(opened, { userId, deviceId, address, eventTimeMs }, rules) }
}

type Required = { userId: string; deviceId: string; address: ClientIp; eventTimeMs: number }

function makeLogin(
  opened: Opened,
  { userId, deviceId, address, eventTimeMs }: Required,
  { version }: DecodeRules,
): Login {
  const { message } = opened
  const locale = readLocale(message['locale'])
  const login: Login = {
    userId,
    deviceId,
    eventTimeMs,
    ip: address.ip,
    ipScope: address.scope,
    locale,
    localeKind: localeKind(locale),
    appVersion: readAppVersion(message['app_version'], opened),
    deviceType: readDeviceType(trimmed(message['device_type'], version)),
    outcome:
      version > 2 ? readOutcome(message['outcome']) : readOutcomeWord(trimmed(message['outcome'], version)),
    eventId: readId(message['event_id']),
    failureReason: readId(message['failure_reason']),
    sessionId: readId(message['session_id']),
    extra: null,
  }
  login.extra = collectExtra(opened, login, address.isCut)
  return login
}

/**
 * A double rounds a number up to the next whole one only if its fraction has at least three nines (an ulp at
 * 1e12 is 0.0001).
 */
const ROUNDED_UP = /9\.?9\.?9/

function readTimestamp(
  opened: Opened,
  isTooDeep: boolean,
  bounds: { nowMs: number; maxAgeDays: number | null },
  { version }: DecodeRules,
): number | EventTimeProblem {
  const { timestamp } = opened.message
  const sent = () => digitsOf(opened, isTooDeep, 'timestamp')
  if (typeof timestamp === 'number') {
    const mayBeRounded = version > 1 && ROUNDED_UP.test(opened.text)
    return readEventTime(mayBeRounded ? sent() : timestamp, sent, bounds)
  }
  if (typeof timestamp === 'string') return readEventTime(timestamp, sent, bounds)
  if (timestamp === undefined || timestamp === null)
    return { reason: 'timestamp_missing', detail: `no timestamp: ${EXPECTED_TIMESTAMP}` }
  return { reason: 'timestamp_invalid', detail: `timestamp is ${describe(timestamp)}: ${EXPECTED_TIMESTAMP}` }
}

/** Names every problem of a message. The first one gives the reason. */
function rejectMessage(
  opened: Opened,
  isTooDeep: boolean,
  address: ClientIp | null,
  eventTimeMs: number | EventTimeProblem,
): DecodedLogin {
  const problems = [
    idProblem(opened, isTooDeep, 'user_id'),
    idProblem(opened, isTooDeep, 'device_id'),
    address === null ? ipProblem(asSent(opened, isTooDeep)['ip']) : null,
    typeof eventTimeMs === 'number' ? null : eventTimeMs,
    isTooDeep
      ? { reason: 'nested_too_deep' as const, detail: `it nests more than ${MAX_NESTING} levels` }
      : null,
  ].filter((problem) => problem !== null)
  const inside =
    opened.names.length === 0 ? '' : `in an envelope of ${opened.names.join(' that holds one of ')}: `
  const details = [...problems.map(({ detail }) => detail), describeKeys(opened.message)]
  return {
    ok: false,
    reason: problems[0]?.reason ?? 'not_an_object',
    detail: boundedDetail(inside + details.join('; ')),
  }
}

type Problem = { reason: RejectReason; detail: string }

function idProblem(opened: Opened, isTooDeep: boolean, field: 'user_id' | 'device_id'): Problem | null {
  const value = opened.message[field]
  if (isOpaqueText(value, ID_MAX_CHARACTERS)) return null
  const expected = `it must be text of 1 to ${ID_MAX_CHARACTERS} characters`
  if (value === undefined || value === null)
    return { reason: `${field}_missing`, detail: `no ${field}: ${expected}` }
  const sent = describe(asSent(opened, isTooDeep)[field])
  return { reason: `${field}_invalid`, detail: `${field} is ${sent}: ${expected}` }
}

function ipProblem(ip: unknown): Problem {
  const expected = 'it must be an IPv4 or IPv6 address as text'
  if (ip === undefined || ip === null) return { reason: 'ip_missing', detail: `no ip: ${expected}` }
  return { reason: 'ip_invalid', detail: `ip is ${describe(ip)}: ${expected}` }
}

/**
 * The message with its numbers in the digits that were sent. A message that nests too deep is not parsed
 * again.
 */
const asSent = (opened: Opened, isTooDeep: boolean): JsonObject =>
  isTooDeep ? opened.message : exactMessage(opened)

/** A number in the digits that were sent. */
function digitsOf(opened: Opened, isTooDeep: boolean, key: string): string {
  const value = asSent(opened, isTooDeep)[key]
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Trims blanks, which version 1 of the rules did not. */
const trimmed = (value: unknown, version: DecodeRules['version']): unknown =>
  version > 1 && typeof value === 'string' ? value.trim() : value

function readLocale(value: unknown): string {
  const locale = trimmed(value, 2)
  return isOpaqueText(locale, DIMENSION_MAX_CHARACTERS) ? normaliseLocale(locale) : 'unknown'
}

/** Reads a number as it was written: 2.10 is not 2.1. */
function readAppVersion(value: unknown, opened: Opened): string {
  const version = typeof value === 'number' ? digitsOf(opened, false, 'app_version') : trimmed(value, 2)
  return isOpaqueText(version, DIMENSION_MAX_CHARACTERS) ? version : 'unknown'
}

function readDeviceType(value: unknown): DeviceType {
  if (value === 'android' || value === 'iOS') return value
  if (typeof value !== 'string') return 'unknown'
  const lower = value.toLowerCase()
  return lower === 'android' ? 'android' : lower === 'ios' ? 'iOS' : 'unknown'
}

const readId = (value: unknown) => (isOpaqueText(value, ID_MAX_CHARACTERS) ? value : null)
