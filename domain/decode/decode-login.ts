import {
  firstBytes,
  guessFormat,
  opensObject,
  REGISTRY_PREFIX_BYTES,
  registrySchemaId,
} from './byte-forms.ts'
import { decodeMessage } from './decode-message.ts'
import type { DecodeRules } from './decode-rules.ts'
import { isJsonObject } from '../login/json-value.ts'
import type { DecodedLogin, RejectReason } from '../login/login.ts'
import { boundedDetail, typeName } from '../login/reject-detail.ts'

export type DecodeOptions = {
  /** Unix milliseconds taken for "now". Every attempt at the same batch uses the same value. */
  nowMs: number
  rules: DecodeRules
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Decides whether a record is a login, which it returns in normal form, or a reject with one reason. It
 * checks in this order: the bytes, the JSON, user_id, device_id, ip, timestamp, nesting. The first problem is
 * the reason; the detail names all problems of a message. It never throws, whatever the bytes are.
 */
export function decodeLogin(value: Uint8Array | null, { nowMs, rules }: DecodeOptions): DecodedLogin {
  if (value === null) return reject('empty', 'a tombstone')
  if (value.length === 0) return reject('empty', 'an empty value')
  if (rules.maxBytes !== null && value.length > rules.maxBytes)
    return reject('too_large', `${value.length} bytes; ${rules.maxBytes} are allowed (LOGIN_MAX_BYTES)`)
  const schemaId = value[0] === 0 ? registrySchemaId(value) : null
  return schemaId === null ? decodeText(value, nowMs, rules) : decodePrefixed(value, schemaId, nowMs, rules)
}

/** Decodes what follows the prefix of a schema registry. JSON there is read like any other. */
function decodePrefixed(
  value: Uint8Array,
  schemaId: number,
  nowMs: number,
  rules: DecodeRules,
): DecodedLogin {
  const rest = value.subarray(REGISTRY_PREFIX_BYTES)
  if (opensObject(rest)) return decodeText(rest, nowMs, rules)
  return reject(
    'avro_or_protobuf',
    `the prefix of a schema registry (schema id ${schemaId}) without JSON after it: is it Avro or Protobuf? ` +
      `Rollcall reads only JSON; ${inHex(value)}`,
  )
}

function decodeText(bytes: Uint8Array, nowMs: number, rules: DecodeRules): DecodedLogin {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return reject('not_utf8', `not UTF-8, ${guessedFormat(bytes)}${inHex(bytes)}`)
  }
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch (error) {
    return reject('not_json', noJson(bytes, text, error))
  }
  if (!isJsonObject(message)) return reject('not_an_object', noObject(message))
  return decodeMessage(message, text, nowMs, rules)
}

/**
 * JavaScript's error message would quote these characters: control characters, the replacement character and
 * all others beyond ASCII. They make the message unreadable.
 */
const UNREADABLE = /[^\t\n\r\x20-\x7e]/
const LOOKED_AT_CHARACTERS = 16

function noJson(bytes: Uint8Array, text: string, error: unknown): string {
  if (UNREADABLE.test(text.slice(0, LOOKED_AT_CHARACTERS)))
    return `not JSON, ${guessedFormat(bytes)}${inHex(bytes)}`
  const isPython = /^\s*\{\s*'/.test(text)
  return `${String(error)}${isPython ? ': it has single quotes, like a Python dict; write it with json.dumps' : ''}`
}

function noObject(value: unknown): string {
  const what = `JSON of type ${typeName(value)}`
  if (typeof value === 'string' && /^\s*\{/.test(value))
    return `${what} that holds JSON: it was encoded twice`
  return Array.isArray(value) ? `${what} with ${value.length} values: a record holds one login` : what
}

const inHex = (bytes: Uint8Array): string => `first bytes ${firstBytes(bytes)}`

function guessedFormat(bytes: Uint8Array): string {
  const format = guessFormat(bytes)
  return format === null ? '' : `looks like ${format}, `
}

const reject = (reason: RejectReason, detail: string): DecodedLogin => ({
  ok: false,
  reason,
  detail: boundedDetail(detail),
})
