/**
 * Kafka's timestamp of a record: meant to be Unix milliseconds, but any 64-bit integer that its producer chose. A bigint where a
 * number would not be exact. It never decides what becomes of a record.
 */
export type RecordTimestamp = number | bigint

export const asTimestamp = (timestamp: bigint): RecordTimestamp =>
  Number.isSafeInteger(Number(timestamp)) ? Number(timestamp) : timestamp

const NO_TIMESTAMP = -1
// The years 1 to 9999: what RFC 3339 writes and Postgres and JavaScript read alike.
const FIRST_MS = -62_135_596_800_000
const LAST_MS = 253_402_300_799_999

/** The moment in Unix milliseconds; null when there is none, or it is none that can be shown. */
export function recordedAtMs(timestamp: RecordTimestamp): number | null {
  if (typeof timestamp === 'bigint' || timestamp === NO_TIMESTAMP) return null
  return timestamp >= FIRST_MS && timestamp <= LAST_MS ? timestamp : null
}

/** Clocks differ, and backlogs wait; a timestamp that is off by more is of another unit, or was never set: it is off by decades. */
const TOLERANCE_MS = 366 * 24 * 60 * 60 * 1000

/**
 * When a record arrived, Unix milliseconds: its timestamp, unless that is years before the event it tells of or after the time
 * of counting, as with other units and producers that set none. Then it counts as arrived when it is counted.
 */
export function arrivedAtMs(timestamp: RecordTimestamp, eventMs: number, countedAtMs: number): number {
  if (typeof timestamp === 'bigint') return countedAtMs
  const isPlausible = timestamp >= eventMs - TOLERANCE_MS && timestamp <= countedAtMs + TOLERANCE_MS
  return isPlausible ? timestamp : countedAtMs
}
