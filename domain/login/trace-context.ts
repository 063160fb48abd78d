import type { SourceRecord } from './record.ts'

// W3C Trace Context, level 1 (https://www.w3.org/TR/trace-context-1/) and 2 (https://www.w3.org/TR/trace-context-2/), as
// headers of Kafka records: names in lower case, values in ASCII.

/** The headers by which a record belongs to a trace, as it has them. */
export type TraceContext = {
  traceparent: Uint8Array
  /** One list, in as many headers as the record has it in. */
  tracestates: readonly Uint8Array[]
}

export const TRACEPARENT = 'traceparent'
export const TRACESTATE = 'tracestate'

/** Of version 00; a later version may have more behind a hyphen. */
const TRACEPARENT_BYTES = 55
/** No version that is known comes near it. */
const MAX_TRACEPARENT_BYTES = 128
/** The specification asks for so many characters to be passed on. */
const MAX_TRACESTATE_BYTES = 512
const MAX_MEMBERS = 32

const VERSION_00 = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/
const LATER_VERSION =
  /^(?!00|ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[\x21-\x7e]*)?$/

/** Of level 2, whose keys are those of level 1 and more. The last character of a value is no blank. */
const MEMBER =
  /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/** Whether a text is a traceparent: well formed, of a version that there may be, with ids that are not all zero. */
export const isTraceparent = (text: string): boolean =>
  VERSION_00.test(text) || (text.length <= MAX_TRACEPARENT_BYTES && LATER_VERSION.test(text))

/** Whether a text is a list of at most 32 members with a key each, none twice, in 512 characters at most. */
export function isTracestate(text: string): boolean {
  if (text.length > MAX_TRACESTATE_BYTES) return false
  const members = text
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '')
  const keys = new Set(members.map((member) => member.slice(0, member.indexOf('='))))
  return members.length <= MAX_MEMBERS && keys.size === members.length && members.every((m) => MEMBER.test(m))
}

/**
 * The trace context of a record. One that is malformed counts as none, and so does a second traceparent, because nobody
 * knows which of them is meant. A tracestate that is malformed leaves the traceparent.
 */
export function traceContextOf(headers: SourceRecord['headers']): TraceContext | null {
  let traceparent: Uint8Array | null = null
  const tracestates: Uint8Array[] = []
  for (const [name, value] of headers) {
    if (name === TRACESTATE) tracestates.push(value ?? NOTHING)
    if (name !== TRACEPARENT) continue
    if (traceparent !== null || !isTraceparentBytes(value)) return null
    traceparent = value
  }
  if (traceparent === null) return null
  return { traceparent, tracestates: isOneList(tracestates) ? tracestates : [] }
}

const NOTHING = new Uint8Array(0)

const isTraceparentBytes = (value: Uint8Array | null): value is Uint8Array =>
  value !== null &&
  value.length >= TRACEPARENT_BYTES &&
  value.length <= MAX_TRACEPARENT_BYTES &&
  isTraceparent(asciiOf(value))

/** Several headers are one list (RFC 9110, section 5.3). */
function isOneList(parts: readonly Uint8Array[]): boolean {
  const bytes = parts.reduce((sum, part) => sum + part.length, 0)
  return (
    parts.length > 0 &&
    parts.length <= MAX_MEMBERS &&
    bytes <= MAX_TRACESTATE_BYTES &&
    isTracestate(parts.map(asciiOf).join(','))
  )
}

/** Bytes that are no ASCII become characters that no pattern takes. */
const asciiOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
