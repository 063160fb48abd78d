/**
 * How many users of a cohort were active in a span. Cohort and span are places in the list of spans. `value` is
 * null if cohorts are not divided.
 */
export type CohortCell = { cohort: number; value: string | null; activeIn: number; users: bigint }

/** Users of a cohort who were active in the span at a place, and their share of the cohort, from 0 to 1; 0 if it has none. */
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
  return inOrder(withUsers(cells, spans), compareValues)
}

/**
 * The same with a cohort of each span, if undivided, or of each span and value that a cohort has: those without users have
 * zeros.
 * @param most how many points all of them may have
 * @returns null: they have more
 */
export function cohortsOfAllSpans(
  cells: readonly CohortCell[],
  spans: number,
  {
    compareValues,
    isDivided,
    most,
  }: { compareValues: (a: string, b: string) => number; isDivided: boolean; most: number },
): Cohort[] | null {
  const found = withUsers(cells, spans)
  const values = isDivided ? new Set(found.map(({ value }) => value)) : [null]
  const known = new Set(found.map(({ place, value }) => JSON.stringify([place, value])))
  const all = [...values].flatMap((value) => Array.from({ length: spans }, (_, place) => ({ place, value })))
  if ((all.length * (spans + 1)) / 2 > most) return null
  const empty = all
    .filter(({ place, value }) => !known.has(JSON.stringify([place, value])))
    .map(({ place, value }) => cohortOf({ cohort: place, value, activeIn: place, users: 0n }, [], spans))
  return inOrder([...found, ...empty], compareValues)
}

const inOrder = (cohorts: Cohort[], compareValues: (a: string, b: string) => number): Cohort[] =>
  cohorts.sort((a, b) => a.place - b.place || compareValues(a.value ?? '', b.value ?? ''))

function withUsers(cells: readonly CohortCell[], spans: number): Cohort[] {
  const groups = Map.groupBy(cells, ({ cohort, value }) => JSON.stringify([cohort, value]))
  return [...groups.values()].flatMap((group) => {
    const own = group.find(({ cohort, activeIn }) => cohort === activeIn)
    return own === undefined ? [] : [cohortOf(own, group, spans)]
  })
}

function cohortOf({ cohort, value, users: all }: CohortCell, cells: CohortCell[], spans: number): Cohort {
  const active = new Map(cells.map(({ activeIn, users }) => [activeIn, users]))
  const points = Array.from({ length: spans - cohort }, (_, offset) => {
    const users = active.get(cohort + offset) ?? 0n
    return { place: cohort + offset, users, share: all === 0n ? 0 : Number(users) / Number(all) }
  })
  return { place: cohort, value, users: all, points }
}
