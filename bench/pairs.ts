type Pairs<T> = {
  /** Names the two: `rollcall / baseline`. */
  of: string
  pairs: [T, T][]
}

/** Pairs the runs of the first subject with those of each of the others, round by round. */
export function pairsOf<T extends { subject: string }>(results: readonly T[]): Pairs<T>[] {
  const [first, ...others] = Map.groupBy(results, ({ subject }) => subject)
  if (first === undefined) return []
  const [name, runs] = first
  return others.map(([other, beside]) => ({
    of: `${name} / ${other}`,
    pairs: runs.flatMap((run, round) => {
      const another = beside[round]
      return another === undefined ? [] : [[run, another] as [T, T]]
    }),
  }))
}
