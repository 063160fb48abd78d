import type { SourceRecord } from '../../domain/login/record.ts'
import { TRACEPARENT, TRACESTATE } from '../../domain/login/trace-context.ts'
import { readVarint, type Cursor } from './varint.ts'

// Keys, values and headers of an encoded record, each behind its length; -1 is null.

/** @returns the length @throws {RangeError} the field reaches past its batch */
export function skipBytes(cursor: Cursor): number {
  const length = readVarint(cursor)
  if (length < 0) return length
  if (cursor.at + length > cursor.buffer.length) throw new RangeError('a field reaches past its batch')
  cursor.at += length
  return length
}

export function readBytes(cursor: Cursor): Buffer | null {
  const length = skipBytes(cursor)
  return length < 0 ? null : cursor.buffer.subarray(cursor.at - length, cursor.at)
}

type Headers = SourceRecord['headers']

const noHeaders: Headers = []

export function readHeaders(cursor: Cursor): Headers {
  const count = readVarint(cursor)
  if (count <= 0) return noHeaders
  return Array.from(
    { length: count },
    () => [readBytes(cursor)?.toString('utf8') ?? '', readBytes(cursor)] as const,
  )
}

/** The headers of a trace context alone, without an object for any other. */
export function readTraceHeaders(cursor: Cursor): Headers {
  const count = readVarint(cursor)
  if (count <= 0) return noHeaders
  const found: Headers[number][] = []
  for (let header = 0; header < count; header++) {
    const length = skipBytes(cursor)
    const name = traceHeader(cursor.buffer, cursor.at - length, length)
    if (name === null) skipBytes(cursor)
    else found.push([name, readBytes(cursor)])
  }
  return found
}

const names = [TRACEPARENT, TRACESTATE].map((name) => ({ name, bytes: new TextEncoder().encode(name) }))

/** Which of the two the bytes name; null: neither. */
function traceHeader(buffer: Buffer, start: number, length: number): string | null {
  for (const { name, bytes } of names) if (length === bytes.length && isAt(buffer, start, bytes)) return name
  return null
}

/** A loop over so few bytes takes less than a call into native code. */
function isAt(buffer: Buffer, start: number, bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if (buffer[start + at] !== bytes[at]) return false
  return true
}
