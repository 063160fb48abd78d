/** Reads the numbers of who was active: when it is called, so that only what is being counted is unpacked. */
export type ReadNumbers = () => Int32Array

/** Who was active in which cell, by group. */
export class ActivityInCells<Values> {
  readonly #groups = new Map<string, { values: Values; cells: Map<number, ReadNumbers[]> }>()

  /** @param key the same text for the same values */
  add(key: string, values: Values, cell: number, read: ReadNumbers): void {
    const group = this.#groups.get(key) ?? { values, cells: new Map<number, ReadNumbers[]>() }
    this.#groups.set(key, group)
    const reads = group.cells.get(cell)
    if (reads === undefined) group.cells.set(cell, [read])
    else reads.push(read)
  }

  /** Each group, and who was active in a cell. */
  *groups(): Generator<{ values: Values; activityIn: (cell: number) => Iterable<Int32Array> }> {
    for (const { values, cells } of this.#groups.values())
      yield { values, activityIn: (cell) => unpacked(cells.get(cell) ?? []) }
  }
}

function* unpacked(reads: readonly ReadNumbers[]): Generator<Int32Array> {
  for (const read of reads) yield read()
}
