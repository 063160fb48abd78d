/**
 * Kafka's timestamp of a record. It should be Unix milliseconds, but the producer may choose any 64-bit
 * integer. It is a bigint where a number would not be exact. It never decides what becomes of a record.
 */
export type RecordTimestamp = number | bigint

export const asTimestamp = (timestamp: bigint): RecordTimestamp =>
  Number.isSafeInteger(Number(timestamp)) ? Number(timestamp) : timestamp

const NO_TIMESTAMP = -1
// The years 1 to 9999, which RFC 3339 can write and which Postgres and JavaScript read alike.
const FIRST_MS = -62_135_596_800_000
const LAST_MS = 253_402_300_799_999

/** The timestamp as Unix milliseconds; null if there is none or if it lies outside the years 1 to 9999. */
export function recordedAtMs(timestamp: RecordTimestamp): number | null {
  if (typeof timestamp === 'bigint' || timestamp === NO_TIMESTAMP) return null
  return timestamp >= FIRST_MS && timestamp <= LAST_MS ? timestamp : null
}

/**
 * Clocks differ and backlogs wait, but not for a year. A timestamp that is further off has another unit or
 * was never set.
 */
const TOLERANCE_MS = 366 * 24 * 60 * 60 * 1000

/**
 * When a record arrived, Unix milliseconds: its timestamp if that is plausible, else the time of counting. A
 * timestamp is implausible if it is more than a year before the event or after the time of counting, as with
 * other units or a producer that sets none.
 */
export function arrivedAtMs(timestamp: RecordTimestamp, eventMs: number, countedAtMs: number): number {
  if (typeof timestamp === 'bigint') return countedAtMs
  const isPlausible = timestamp >= eventMs - TOLERANCE_MS && timestamp <= countedAtMs + TOLERANCE_MS
  return isPlausible ? timestamp : countedAtMs
}
