import { bucketMs, type TimeBucket } from '../time/bucket.ts'

/**
 * Returns a function that finds the place of the cell that a minute since 1970 lies in; -1: none. Attempts come
 * hour by hour, so the cell of the one before is looked at first.
 * @param cells in order of time, without overlap
 */
export function findCell(cells: readonly TimeBucket[]): (minute: number) => number {
  let last = 0
  const isIn = (number: number, ms: number) => {
    const cell = cells[number]
    return cell !== undefined && ms >= cell.fromMs && ms < cell.toMs
  }
  return (minute) => {
    const ms = minute * bucketMs.minute
    if (isIn(last, ms)) return last
    let [low, high] = [0, cells.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((cells[middle]?.toMs ?? 0) <= ms) low = middle + 1
      else high = middle
    }
    if (!isIn(low, ms)) return -1
    last = low
    return low
  }
}
