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

/** Of level 2, whose keys are those of level 1 and more. The last character of a value is no blank. */
const MEMBER =
  /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/** Where the parts of a traceparent begin and end: version, trace id, parent id and flags, with hyphens in between. */
const PARTS = [
  [0, 2],
  [3, 35],
  [36, 52],
  [53, TRACEPARENT_BYTES],
] as const

const HYPHEN = 0x2d
const ZERO = 0x30
const LATEST_LETTER = 0x66
/** By byte: whether it is a digit of hexadecimal, in lower case. */
const isDigit = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(/[0-9a-f]/.test(String.fromCharCode(byte))),
)

/**
 * Whether bytes are a traceparent: well formed, of a version that there may be, with ids that are not all zero. Producers send one
 * with each record, so that it is read without a text.
 */
export function isTraceparent(bytes: Uint8Array): boolean {
  if (bytes.length < TRACEPARENT_BYTES || bytes.length > MAX_TRACEPARENT_BYTES) return false
  for (const [start, end] of PARTS) {
    if (start > 0 && bytes[start - 1] !== HYPHEN) return false
    for (let at = start; at < end; at++) if (isDigit[bytes[at] ?? 0] === 0) return false
  }
  const [[, version], [traceId, traceIdEnd], [parentId, parentIdEnd]] = PARTS
  if (isAll(bytes, 0, version, LATEST_LETTER)) return false
  if (isAll(bytes, traceId, traceIdEnd, ZERO) || isAll(bytes, parentId, parentIdEnd, ZERO)) return false
  return bytes.length === TRACEPARENT_BYTES || (!isAll(bytes, 0, version, ZERO) && hasMore(bytes))
}

function isAll(bytes: Uint8Array, start: number, end: number, byte: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== byte) return false
  return true
}

/** Whether what a later version adds is visible ASCII behind a hyphen. */
const hasMore = (bytes: Uint8Array): boolean =>
  bytes[TRACEPARENT_BYTES] === HYPHEN &&
  bytes.subarray(TRACEPARENT_BYTES).every((byte) => byte >= 0x21 && byte <= 0x7e)

/** Whether a text is a list of at most 32 members with a key each, none twice, in 512 characters at most. */
export function isTracestate(text: string): boolean {
  if (text.length > MAX_TRACESTATE_BYTES) return false
  // Most have one member.
  if (MEMBER.test(text)) return true
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
    if (traceparent !== null || value === null || !isTraceparent(value)) return null
    traceparent = value
  }
  if (traceparent === null) return null
  return { traceparent, tracestates: isOneList(tracestates) ? tracestates : [] }
}

const NOTHING = new Uint8Array(0)

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
function asciiOf(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
