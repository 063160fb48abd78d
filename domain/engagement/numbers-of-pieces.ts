import { type DayPiece, MINUTES_PER_DAY } from './cover-listed-days.ts'

const MINUTES_PER_HOUR = 60

/** The minutes of the day of attempts, by their hours and minutes. */
export function minutesOfDay(hours: Uint8Array, minutes: Uint8Array): Uint16Array {
  const found = new Uint16Array(minutes.length)
  for (let place = 0; place < found.length; place++)
    found[place] = (hours[place] ?? 0) * MINUTES_PER_HOUR + (minutes[place] ?? 0)
  return found
}

/** Logins of a day: their hours and minutes, a byte each, and a number each. */
export type LoginsOfDay = { hours: Uint8Array; minutes: Uint8Array; numbers: Int32Array }

/**
 * The numbers of the logins in each of some pieces of a day.
 * @param pieces in order of time, without overlap
 */
export function numbersOfPieces(
  { hours, minutes, numbers }: LoginsOfDay,
  pieces: readonly DayPiece[],
): Int32Array[] {
  const pieceAt = new Int16Array(MINUTES_PER_DAY).fill(-1)
  pieces.forEach(({ from, to }, piece) => pieceAt.fill(piece, from, to))
  const minuteOf = minutesOfDay(hours, minutes)
  const pieceOf = (place: number) => pieceAt[minuteOf[place] ?? 0] ?? -1
  const sizes = new Int32Array(pieces.length)
  for (let place = 0; place < minutes.length; place++) {
    const piece = pieceOf(place)
    if (piece >= 0) sizes[piece] = (sizes[piece] ?? 0) + 1
  }
  const found = Array.from(sizes, (size) => new Int32Array(size))
  const next = new Int32Array(pieces.length)
  for (let place = 0; place < minutes.length; place++) {
    const piece = pieceOf(place)
    const own = found[piece]
    if (own === undefined) continue
    const at = next[piece] ?? 0
    own[at] = numbers[place] ?? 0
    next[piece] = at + 1
  }
  return found
}
