import { isJsonObject, type JsonObject, parseKeepingNumbers } from '../login/json-value.ts'

/** A message taken out of its envelopes. */
export type Opened = {
  message: JsonObject
  /** The object that holds the message at `path`, and the JSON text of that object. */
  root: JsonObject
  text: string
  path: readonly string[]
  /** Names of the envelopes for error messages, outermost first; empty if there was none. */
  names: readonly string[]
  /** What a CloudEvents envelope says besides the message. */
  attributes: JsonObject | null
  /** Filled on first use, because parsing again takes as long as everything else together. */
  exact: JsonObject | null
}

const none: readonly string[] = []

/** Largest number of nested envelopes. No producer sends more. */
const MAX_ENVELOPES = 3

/**
 * Opens envelopes that can be recognised beyond doubt: `{"schema", "payload"}` of Kafka Connect's
 * JsonConverter, and structured CloudEvents (`data` or `data_base64`). A message with a user_id of its own
 * never counts as an envelope.
 */
export function openEnvelopes(message: JsonObject, text: string): Opened {
  let opened: Opened = {
    message,
    root: message,
    text,
    path: none,
    names: none,
    attributes: null,
    exact: null,
  }
  while (opened.message['user_id'] === undefined && opened.names.length < MAX_ENVELOPES) {
    const inner = openConnect(opened) ?? openCloudEvent(opened)
    if (inner === null) break
    opened = inner
  }
  return opened
}

/**
 * The message with its numbers in the digits that were sent. The caller must know that `opened.text` does not
 * nest too deep.
 */
export function exactMessage(opened: Opened): JsonObject {
  opened.exact ??= opened.path.reduce(
    (value, key) => value[key] as JsonObject,
    parseKeepingNumbers(opened.text) as JsonObject,
  )
  return opened.exact
}

function openConnect(outer: Opened): Opened | null {
  const { schema, payload, ...others } = outer.message
  const isEnvelope = (schema === null || isJsonObject(schema)) && Object.keys(others).length === 0
  if (!isEnvelope || !isJsonObject(payload)) return null
  return {
    ...outer,
    message: payload,
    path: [...outer.path, 'payload'],
    names: [...outer.names, 'Kafka Connect'],
  }
}

/** Format: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
function openCloudEvent(outer: Opened): Opened | null {
  const { data, data_base64: encoded, ...attributes } = outer.message
  const { specversion, id, source, type } = attributes
  if (![specversion, id, source, type].every((attribute) => typeof attribute === 'string')) return null
  const names = [...outer.names, 'CloudEvents']
  if (isJsonObject(data)) return { ...outer, message: data, path: [...outer.path, 'data'], names, attributes }
  const text = typeof encoded === 'string' ? decodeBase64(encoded) : null
  const message = text === null ? null : parseObject(text)
  return text === null || message === null
    ? null
    : { message, root: message, text, path: none, names, attributes, exact: null }
}

function decodeBase64(encoded: string): string | null {
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : null
  } catch {
    return null
  }
}
