import { scanIpv4 } from '../../domain/columns/scan-ipv4.ts'
import { putBytes } from '../../domain/columns/put-bytes.ts'
import { ipv6Bytes } from '../../domain/fields/ip.ts'

// The binary format of COPY (https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-FILE-FORMATS): numbers are big-endian, and each
// field has its length in bytes before it. Text would cost Postgres a quarter more for the same rows. The functions write at a
// place and return the place behind what they wrote.

const utf8 = new TextEncoder()
const latin1 = new TextDecoder('latin1')

/** Before the first row: the signature, no flags, no extension. */
export const COPY_HEADER = Uint8Array.from([
  ...utf8.encode('PGCOPY\n'),
  0xff,
  ...utf8.encode('\r\n\0'),
  ...new Uint8Array(8),
])
/** Behind the last row. */
export const COPY_TRAILER = Uint8Array.of(0xff, 0xff)

const WORD = 2 ** 32

export function putInt16(target: Uint8Array, at: number, value: number): number {
  target[at] = value >> 8
  target[at + 1] = value
  return at + 2
}

function putInt32(target: Uint8Array, at: number, value: number): number {
  target[at] = value >> 24
  target[at + 1] = value >> 16
  target[at + 2] = value >> 8
  target[at + 3] = value
  return at + 4
}

/** The length of a field that is null. */
const NULL = -1

export const putNull = (target: Uint8Array, at: number): number => putInt32(target, at, NULL)

/** @param value a whole number that is exact as one */
export function putInt8Field(target: Uint8Array, at: number, value: number): number {
  const high = Math.floor(value / WORD)
  at = putInt32(target, putInt32(target, at, 8), high)
  return putInt32(target, at, value - high * WORD)
}

/** Moments count from 2000 on, in microseconds. */
const EPOCH_MS = Date.UTC(2000, 0)

/** @param timeMs Unix milliseconds, whole, of the years 1715 to 2285 */
export const putTimestampField = (target: Uint8Array, at: number, timeMs: number): number =>
  putInt8Field(target, at, (timeMs - EPOCH_MS) * 1_000)

/** The bytes `start` to `end` (exclusive) as `text`. */
export const putTextField = (
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  start: number,
  end: number,
): number => putBytes(target, putInt32(target, at, end - start), source, start, end)

const JSONB_VERSION = 1

/** The bytes `start` to `end` (exclusive), which are JSON, as `jsonb`. */
export function putJsonbField(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  start: number,
  end: number,
): number {
  at = putInt32(target, at, 1 + end - start)
  target[at++] = JSONB_VERSION
  return putBytes(target, at, source, start, end)
}

/** PGSQL_AF_INET and PGSQL_AF_INET6 of Postgres's inet.h, the bits of the mask, and that it is no network. */
const INET_HEAD = { ipv4: [2, 32, 0], ipv6: [3, 128, 0] } as const
/** Bytes of an `inet` field at most. */
export const INET_MAX_BYTES = 24

/** The bytes `start` to `end` (exclusive), an address in the normal form of domain/fields/ip.ts, as `inet`. */
export function putInetField(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  start: number,
  end: number,
): number {
  const ipv4 = scanIpv4(source, start, end)
  if (ipv4 >= 0) return putInt32(target, putInetHead(target, at, INET_HEAD.ipv4, 4), ipv4)
  const ipv6 = Uint8Array.from(ipv6Bytes(latin1.decode(source.subarray(start, end))))
  return putBytes(target, putInetHead(target, at, INET_HEAD.ipv6, ipv6.length), ipv6)
}

function putInetHead(target: Uint8Array, at: number, head: readonly number[], bytes: number): number {
  at = putInt32(target, at, head.length + 1 + bytes)
  for (const byte of head) target[at++] = byte
  target[at++] = bytes
  return at
}

/** Makes the bytes of fields that many rows have, texts or whole numbers: 4 bytes for a number, 8 for a bigint. */
export function fieldsOf(values: readonly (string | number | bigint)[]): Uint8Array {
  return Uint8Array.from(
    values.flatMap((value) => {
      const bytes = bytesOf(value)
      const length = new Uint8Array(4)
      putInt32(length, 0, bytes.length)
      return [...length, ...bytes]
    }),
  )
}

function bytesOf(value: string | number | bigint): Uint8Array {
  if (typeof value === 'string') return utf8.encode(value)
  const bytes = new Uint8Array(typeof value === 'number' ? 4 : 8)
  const view = new DataView(bytes.buffer)
  if (typeof value === 'number') view.setInt32(0, value)
  else view.setBigInt64(0, value)
  return bytes
}
