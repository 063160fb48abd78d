import { isoTime, YEAR_10000_MS } from '../time/iso-time.ts'
import { DAY_MS, dayOf, isoDay } from '../time/period.ts'

// Functions that write into bytes at a place and return the place behind what they wrote. There has to be room.

const ZERO = 0x30
/** Up to so many bytes a loop is faster than a call into native code; a part needs a view for it, which is garbage at once. */
const LOOP_MAX_BYTES = 40
const LOOP_MAX_BYTES_OF_PART = 96

/** The bytes `start` to `end` (exclusive) of a source as they are. */
export function putBytes(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  start = 0,
  end = source.length,
): number {
  const length = end - start
  const isWhole = length === source.length
  if (length > (isWhole ? LOOP_MAX_BYTES : LOOP_MAX_BYTES_OF_PART)) {
    target.set(isWhole ? source : source.subarray(start, end), at)
    return at + length
  }
  for (let from = start; from < end; from++) target[at++] = source[from] ?? 0
  return at
}

/** Digits of a number at most. */
export const MAX_DIGITS = 16

/** A whole number from 0 to 2^53 - 1 in decimal. */
export function putNumber(target: Uint8Array, at: number, number: number): number {
  const end = at + digitsOf(number)
  let place = end
  while (number >= 2 ** 31) {
    const tenth = Math.floor(number / 10)
    target[--place] = ZERO + (number - tenth * 10)
    number = tenth
  }
  let rest = number | 0
  while (place > at) {
    const tenth = (rest / 10) | 0
    target[--place] = ZERO + (rest - tenth * 10)
    rest = tenth
  }
  return end
}

function digitsOf(number: number): number {
  let digits = 1
  for (let limit = 10; number >= limit; limit *= 10) digits++
  return digits
}

const utf8 = new TextEncoder()
const asBytes = (text: string): Uint8Array => utf8.encode(text)

/** Of the bytes that cannot stand in a JSON string, as JSON.stringify writes them; null: it can. */
const jsonEscapes = Array.from({ length: 128 }, (_, code) => {
  const escaped = JSON.stringify(String.fromCharCode(code)).slice(1, -1)
  return escaped.length === 1 ? null : asBytes(escaped)
})
/** A byte becomes as many at most. */
export const JSON_GROWTH = 6

/** UTF-8 as the inside of a JSON string, as JSON.stringify writes it. */
export function putJsonText(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  start: number,
  end: number,
): number {
  for (let from = start; from < end; from++) {
    const byte = source[from] ?? 0
    const escape = jsonEscapes[byte] ?? null
    if (escape === null) target[at++] = byte
    else at = putBytes(target, at, escape)
  }
  return at
}

/** Bytes of a moment. */
export const ISO_TIME_BYTES = 24

/** Moments come mostly from one day: what any call would make of it again. */
let latest = { day: 0, date: asBytes('1970-01-01T') }

/**
 * As isoTime.
 * @param timeMs Unix milliseconds, whole, from 0 on
 */
export function putIsoTime(target: Uint8Array, at: number, timeMs: number): number {
  if (!(timeMs >= 0 && timeMs < YEAR_10000_MS)) return putBytes(target, at, asBytes(isoTime(timeMs)))
  const day = dayOf(timeMs)
  if (latest.day !== day) latest = { day, date: asBytes(`${isoDay(day)}T`) }
  at = putBytes(target, at, latest.date)
  const inDayMs = timeMs - day * DAY_MS
  const seconds = (inDayMs / 1_000) | 0
  const minutes = (seconds / 60) | 0
  const hours = (minutes / 60) | 0
  at = putTwoDigits(target, at, hours)
  target[at++] = COLON
  at = putTwoDigits(target, at, minutes - hours * 60)
  target[at++] = COLON
  at = putTwoDigits(target, at, seconds - minutes * 60)
  target[at++] = DOT
  const milliseconds = inDayMs - seconds * 1_000
  const hundreds = (milliseconds / 100) | 0
  target[at++] = ZERO + hundreds
  at = putTwoDigits(target, at, milliseconds - hundreds * 100)
  target[at++] = UTC
  return at
}

const COLON = 0x3a
const DOT = 0x2e
const UTC = 0x5a

function putTwoDigits(target: Uint8Array, at: number, number: number): number {
  const tens = (number / 10) | 0
  target[at++] = ZERO + tens
  target[at++] = ZERO + (number - tens * 10)
  return at
}
