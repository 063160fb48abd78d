import { keys } from './fields.ts'

/** Where the values of a message lie in its bytes, by the place of their key; written anew by every scan. */
export class ScannedMessage {
  /** 0: the message does not have the key, or has null. */
  readonly starts = new Int32Array(keys.length)
  readonly ends = new Int32Array(keys.length)
  /** Whether the value is a JSON string, whose quotes are not part of it; otherwise it is a number, true or false. */
  readonly isText = new Uint8Array(keys.length)
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN = 0x7b
const CLOSE = 0x7d
const FIRST_PRINTABLE = 0x20
const LAST_PRINTABLE = 0x7e

/**
 * Finds the values of a message of the form that practically every producer sends: one flat JSON object (RFC 8259) with keys
 * of `keys` in any order, each once, whose values are strings of printable ASCII without a backslash, numbers, true, false or null.
 * What it takes, JSON.parse reads as these same values; what it does not take is read by domain/decode/ alone.
 * @param start of the bytes of the message; `end` exclusive
 * @returns whether the message is of that form; `found` has its values then, and anything otherwise
 */
export function scanMessage(bytes: Uint8Array, start: number, end: number, found: ScannedMessage): boolean {
  let at = pastBlanks(bytes, start, end)
  if (at >= end || bytes[at] !== OPEN) return false
  found.starts.fill(0)
  let seen = 0
  for (;;) {
    at = pastBlanks(bytes, at + 1, end)
    if (at >= end || bytes[at] !== QUOTE) return false
    const keyStart = at + 1
    at = textEnd(bytes, keyStart, end)
    if (at < 0) return false
    const key = keyAt(bytes, keyStart, at - keyStart)
    if (key < 0 || (seen & (1 << key)) !== 0) return false
    seen |= 1 << key
    at = pastBlanks(bytes, at + 1, end)
    if (at >= end || bytes[at] !== COLON) return false
    at = pastBlanks(bytes, at + 1, end)
    if (at >= end) return false
    at = scanValue(bytes, at, end, key, found)
    if (at < 0) return false
    at = pastBlanks(bytes, at, end)
    if (at >= end) return false
    if (bytes[at] === CLOSE) return pastBlanks(bytes, at + 1, end) === end
    if (bytes[at] !== COMMA) return false
  }
}

/** @returns the place behind the value; -1: it is of another form */
function scanValue(bytes: Uint8Array, at: number, end: number, key: number, found: ScannedMessage): number {
  const first = bytes[at]
  if (first === QUOTE) {
    const stop = textEnd(bytes, at + 1, end)
    if (stop < 0) return -1
    found.starts[key] = at + 1
    found.ends[key] = stop
    found.isText[key] = 1
    return stop + 1
  }
  if (first === NULL[0]) return wordEnd(bytes, at, end, NULL)
  const number = numberEnd(bytes, at, end)
  const stop = number < 0 ? booleanEnd(bytes, at, end) : number
  if (stop < 0) return -1
  found.starts[key] = at
  found.ends[key] = stop
  found.isText[key] = 0
  return stop
}

/** The blanks of JSON: https://www.rfc-editor.org/rfc/rfc8259#section-2 */
function pastBlanks(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
    at++
  }
  return at
}

/** @returns the place of the closing quote; -1: something in the string is no plain text */
function textEnd(bytes: Uint8Array, at: number, end: number): number {
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) return at
    if (byte < FIRST_PRINTABLE || byte > LAST_PRINTABLE || byte === BACKSLASH) return -1
  }
  return -1
}

const NULL = ascii('null')
const TRUE = ascii('true')
const FALSE = ascii('false')

/** @returns the place behind the word; -1: it is not there */
function wordEnd(bytes: Uint8Array, at: number, end: number, word: Uint8Array): number {
  return at + word.length <= end && isEqual(bytes, at, word) ? at + word.length : -1
}

function booleanEnd(bytes: Uint8Array, at: number, end: number): number {
  return wordEnd(bytes, at, end, bytes[at] === TRUE[0] ? TRUE : FALSE)
}

/** https://www.rfc-editor.org/rfc/rfc8259#section-6 @returns the place behind the number; -1: there is none */
function numberEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at < end && bytes[at] === 0x2d) at++
  const whole = pastDigits(bytes, at, end)
  if (whole === at || (bytes[at] === 0x30 && whole > at + 1)) return -1
  at = whole
  if (at < end && bytes[at] === 0x2e) {
    const fraction = pastDigits(bytes, at + 1, end)
    if (fraction === at + 1) return -1
    at = fraction
  }
  if (at < end && ((bytes[at] ?? 0) | 0x20) === 0x65) {
    const sign = at + 1 < end ? bytes[at + 1] : 0
    const first = sign === 0x2b || sign === 0x2d ? at + 2 : at + 1
    const exponent = pastDigits(bytes, first, end)
    if (exponent === first) return -1
    at = exponent
  }
  return at
}

function pastDigits(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at] ?? 0
    if (byte < 0x30 || byte > 0x39) break
    at++
  }
  return at
}

/** By length and first byte, of which no two keys have the same; then compared whole. */
const keysByForm = new Int8Array(32 * 32).fill(-1)
const keyBytes = keys.map(ascii)
const LONGEST_KEY = Math.max(...keyBytes.map(({ length }) => length))
keyBytes.forEach((key, at) => {
  keysByForm[formOf(key.length, key[0] ?? 0)] = at
})

function formOf(length: number, first: number): number {
  return length * 32 + (first & 31)
}

/** @returns the place of the key in `keys`; -1: it is none of them */
function keyAt(bytes: Uint8Array, start: number, length: number): number {
  if (length === 0 || length > LONGEST_KEY) return -1
  const key = keysByForm[formOf(length, bytes[start] ?? 0)] ?? -1
  const expected = keyBytes[key]
  return expected !== undefined && isEqual(bytes, start, expected) ? key : -1
}

function isEqual(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) {
    if (bytes[at + index] !== expected[index]) return false
  }
  return true
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
