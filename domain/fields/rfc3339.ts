import { bucketMs } from '../time/bucket.ts'
import { DAY_MS } from '../time/period.ts'

const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)(?:\[[^\]!][^\]]*\])*$/

/**
 * Converts a date and time with an offset (RFC 3339) to Unix milliseconds. It also accepts a blank for the T,
 * a comma before the fraction and an offset without its colon or minutes, as ISO 8601 allows, and ignores a
 * zone in brackets after the offset (RFC 9557). It cuts off what is finer than a millisecond. Second 60 is a
 * leap second.
 * @returns null for any other text, and for days and times that do not exist
 */
export function parseRfc3339(text: string): number | null {
  const parts = DATE_TIME.exec(text)
  if (parts === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number)
  const isTime = hour <= 23 && minute <= 59 && second <= 60
  const offset = { hours: Number(parts[9] ?? 0), minutes: Number(parts[10] ?? 0) }
  if (!isTime || offset.hours > 23 || offset.minutes > 59) return null
  const dayMs = utcDay(year, month, day)
  if (dayMs === null) return null
  const fractionMs = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'))
  const offsetMs = (offset.hours * 60 + offset.minutes) * bucketMs.minute * (parts[8] === '-' ? -1 : 1)
  const secondMs = dayMs + (hour * 60 + minute) * bucketMs.minute + second * 1000 - offsetMs
  // Leap seconds are inserted at the end of a day of UTC.
  return second === 60 && secondMs % DAY_MS !== 0 ? null : secondMs + fractionMs
}

/** Unix milliseconds of a day's beginning; null if no month has that day. */
function utcDay(year: number, month: number, day: number): number | null {
  // Date.UTC would take the years 0 to 99 for 1900 to 1999.
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : null
}
