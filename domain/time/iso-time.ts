import { DAY_MS, dayOf, isoDay } from './period.ts'

// Outside these bounds toISOString writes years with a sign, which Postgres does not read.
const YEAR_0_MS = -62_167_219_200_000
export const YEAR_10000_MS = 253_402_300_800_000

// Most moments are of one day, and many repeat, so the latest text of each is kept. Any call would compute
// the same.
let latestDay = { day: 0, date: '1970-01-01' }
let latest = { timeMs: 0, text: '1970-01-01T00:00:00.000Z' }

/**
 * Writes a moment like Date.prototype.toISOString, which costs several times as much.
 * @param timeMs Unix milliseconds, whole
 * @throws {RangeError} it is no moment
 */
export function isoTime(timeMs: number): string {
  if (latest.timeMs !== timeMs) latest = { timeMs, text: written(timeMs) }
  return latest.text
}

/** Like {@link isoTime}; null stays null. */
export const isoTimeOrNull = (timeMs: number | null): string | null =>
  timeMs === null ? null : isoTime(timeMs)

function written(timeMs: number): string {
  if (!(timeMs >= YEAR_0_MS && timeMs < YEAR_10000_MS)) return new Date(timeMs).toISOString()
  const day = dayOf(timeMs)
  if (latestDay.day !== day) latestDay = { day, date: isoDay(day) }
  const inDayMs = timeMs - day * DAY_MS
  const seconds = Math.floor(inDayMs / 1000)
  const minutes = Math.floor(seconds / 60)
  const clock = `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`
  const milliseconds = inDayMs % 1000
  return `${latestDay.date}T${clock}.${milliseconds === 0 ? '000' : String(milliseconds).padStart(3, '0')}Z`
}

const twoDigits = (number: number) => (number < 10 ? `0${number}` : `${number}`)
