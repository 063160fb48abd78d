/**
 * How many users of a cohort were active in a span. Cohort and span are places in the list of spans. `value` is
 * null if cohorts are not divided.
 */
export type CohortCell = { cohort: number; value: string | null; activeIn: number; users: bigint }

/** Users of a cohort who were active in the span at a place, and their share of the cohort, from 0 to 1. */
export type CohortPoint = { place: number; users: bigint; share: number }

/** The users who were first active in the span at a place, in this one and in each since. */
export type Cohort = { place: number; value: string | null; users: bigint; points: CohortPoint[] }

/**
 * The matrix of cohorts and the spans since each, with zeros where nobody was active. All users of a cohort are
 * active in its own span; cohorts without users are absent.
 * @param cells in any order; a cell without users may be absent
 * @param spans how many there are
 */
export function cohortsOf(
  cells: readonly CohortCell[],
  spans: number,
  compareValues: (a: string, b: string) => number,
): Cohort[] {
  const groups = Map.groupBy(cells, ({ cohort, value }) => JSON.stringify([cohort, value]))
  const cohorts = [...groups.values()].flatMap((group) => {
    const own = group.find(({ cohort, activeIn }) => cohort === activeIn)
    return own === undefined ? [] : [cohortOf(own, group, spans)]
  })
  return cohorts.sort((a, b) => a.place - b.place || compareValues(a.value ?? '', b.value ?? ''))
}

function cohortOf({ cohort, value, users: all }: CohortCell, cells: CohortCell[], spans: number): Cohort {
  const active = new Map(cells.map(({ activeIn, users }) => [activeIn, users]))
  const points = Array.from({ length: spans - cohort }, (_, offset) => {
    const users = active.get(cohort + offset) ?? 0n
    return { place: cohort + offset, users, share: Number(users) / Number(all) }
  })
  return { place: cohort, value, users: all, points }
}
