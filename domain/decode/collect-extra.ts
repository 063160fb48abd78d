import { exactMessage, type Opened } from './envelope.ts'
import { holdsInexactNumber, type JsonObject, withoutUnstorableCharacters } from '../login/json-value.ts'
import type { Login } from '../login/login.ts'

/** Key under which `extra` keeps the attributes of a CloudEvents envelope. */
const ATTRIBUTES_KEY = 'cloudevents'

/**
 * JSON text of what has no field in a login: unknown keys, optional fields with an unusable value, an ip of
 * which a part was cut off, and the attributes of the envelope. Null if there is none of these.
 */
export function collectExtra(opened: Opened, login: Login, isIpCut: boolean): string | null {
  const { message, attributes } = opened
  let keys: string[] | null = null
  for (const key in message) {
    if (key === 'ip' ? isIpCut : !isKept(key, message[key], login)) (keys ??= []).push(key)
  }
  const ownAttributes = attributes === null || ATTRIBUTES_KEY in message ? null : attributes
  if (keys === null && ownAttributes === null) return null
  const source = exactly(opened, keys ?? [])
  const entries = (keys ?? []).map((key) => `${JSON.stringify(key)}:${JSON.stringify(source[key])}`)
  if (ownAttributes !== null) entries.push(`"${ATTRIBUTES_KEY}":${JSON.stringify(ownAttributes)}`)
  return withoutUnstorableCharacters(`{${entries.join(',')}}`)
}

/** The message, with numbers as the producer wrote them if a double may not hold one of them. */
const exactly = (opened: Opened, keys: string[]): JsonObject =>
  keys.some((key) => holdsInexactNumber(opened.message[key])) ? exactMessage(opened) : opened.message

function isKept(key: string, value: unknown, login: Login): boolean {
  switch (key) {
    case 'user_id':
    case 'device_id':
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
