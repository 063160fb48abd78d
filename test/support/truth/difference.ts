/** Something that is not as it was sent; null: nothing is there. */
export type Difference = {
  /** Which table, topic or answer. */
  where: string
  what: string
  expected: number | string | null
  found: number | string | null
}

/** What is where, by name: how many, or in which form. */
export type Tally = ReadonlyMap<string, number | string>

/** What two tallies do not have in common, in the order of the names. */
export function compareTallies(where: string, expected: Tally, found: Tally): Difference[] {
  return [...new Set([...expected.keys(), ...found.keys()])]
    .filter((what) => expected.get(what) !== found.get(what))
    .sort()
    .map((what) => ({ where, what, expected: expected.get(what) ?? null, found: found.get(what) ?? null }))
}

/** How often each name occurs. */
export function tally(names: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

/** The sum of each name. */
export function sumTally(rows: Iterable<readonly [name: string, count: number]>): Map<string, number> {
  const sums = new Map<string, number>()
  for (const [name, count] of rows) sums.set(name, (sums.get(name) ?? 0) + count)
  return sums
}

export const describeDifference = ({ where, what, expected, found }: Difference): string =>
  `${where}: ${what}: expected ${expected ?? 'none'}, found ${found ?? 'none'}`
