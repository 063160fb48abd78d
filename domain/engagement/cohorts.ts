import { dayOf, isoDay } from '../time/period.ts'

/** Users of a cohort who were active in a period. Both dates are the first day of their period. */
type CohortCount = { cohort: Date; value: string | null; active_in: Date; users: bigint }

export type CohortPeriod = { offset: number; users: bigint; share: number }
/** `start` is the first day, such as `2026-03-01`. */
export type Cohort = { start: string; value: string | null; users: bigint; periods: CohortPeriod[] }

/**
 * The matrix of cohorts and the periods since each, with zeros where nobody was active. All users of a cohort
 * are active in its own period.
 * @param cells in order of cohort and value
 * @param starts of the periods, in order, in days since 1970-01-01
 */
export function cohortsOf(cells: readonly CohortCount[], starts: readonly number[]): Cohort[] {
  const groups = Map.groupBy(cells, ({ cohort, value }) => JSON.stringify([cohort, value]))
  return [...groups.values()].flatMap((group) => {
    const [own] = group
    if (own === undefined) return []
    const first = dayOf(own.cohort.getTime())
    const users = new Map(group.map((cell) => [dayOf(cell.active_in.getTime()), cell.users]))
    const size = users.get(first) ?? 0n
    const periods = starts
      .filter((start) => start >= first)
      .map((start, offset) => {
        const active = users.get(start) ?? 0n
        return { offset, users: active, share: Number(active) / Number(size) }
      })
    return [{ start: isoDay(first), value: own.value, users: size, periods }]
  })
}
