/** Cells that follow each other, by their places in order of time: from `from`, without `to`. */
export type CellRange = { from: number; to: number }

/** Who was active in a cell: numbers, in any order and as often as they come. */
type CellActivity = Iterable<Int32Array>

/**
 * Counts the different members of many spans, which may overlap, in one pass over who was active in which
 * cell. Only the latest cell of each member is remembered: at the end of a span its members are those whose
 * latest cell lies in it.
 */
export class DistinctInSpans {
  readonly #spans: readonly CellRange[]
  readonly #cells: number
  /** The spans that end with a cell. */
  readonly #ending: readonly number[][]
  /** By number of a member, the latest cell plus 1. Every group has cells of its own, so that none is cleared. */
  readonly #latest: Int32Array
  #base = 0

  /** @param members above all numbers */
  constructor(spans: readonly CellRange[], members: number) {
    this.#spans = spans
    this.#cells = spans.reduce((most, { to }) => Math.max(most, to), 0)
    const ending = Array.from({ length: this.#cells }, (): number[] => [])
    spans.forEach(({ from, to }, span) => {
      if (from < to) ending[to - 1]?.push(span)
    })
    this.#ending = ending
    this.#latest = new Int32Array(members)
  }

  /**
   * Counts the members of each span. Call it for each group by itself.
   * @param activityIn who was active in a cell; asked for each cell once, in order
   */
  count(activityIn: (cell: number) => CellActivity): number[] {
    return this.#pass(activityIn, (numbers, cell, held) => {
      this.#moveToCell(numbers, cell, held)
    })
  }

  /**
   * Counts the members of each span who were never active before it, whatever the group.
   * @param firstCells by number of a member, the cell with the first activity; below 0: it was before all cells
   */
  countNew(activityIn: (cell: number) => CellActivity, firstCells: Int32Array): number[] {
    return this.#pass(activityIn, (numbers, _, held) => {
      this.#addFirsts(numbers, firstCells, held)
    })
  }

  #pass(
    activityIn: (cell: number) => CellActivity,
    mark: (numbers: Int32Array, cell: number, held: CellCounts) => void,
  ): number[] {
    const counts = this.#spans.map(() => 0)
    const held = new CellCounts(this.#cells)
    for (let cell = 0; cell < this.#cells; cell++) {
      for (const numbers of activityIn(cell)) mark(numbers, cell, held)
      for (const span of this.#ending[cell] ?? [])
        counts[span] = held.sum(this.#spans[span]?.from ?? cell, cell + 1)
    }
    this.#base += this.#cells
    return counts
  }

  /** Counts members in the cell, and no longer in the one before in which they were active. */
  #moveToCell(numbers: Int32Array, cell: number, held: CellCounts): void {
    const [latest, base] = [this.#latest, this.#base]
    const now = base + cell + 1
    let added = 0
    for (let at = 0; at < numbers.length; at++) {
      const number = numbers[at] ?? 0
      const before = latest[number] ?? 0
      if (before === now) continue
      latest[number] = now
      added++
      if (before > base) held.add(before - base - 1, -1)
    }
    held.add(cell, added)
  }

  /** Counts members who have not come before in the cell of their first activity. */
  #addFirsts(numbers: Int32Array, firstCells: Int32Array, held: CellCounts): void {
    const [latest, base] = [this.#latest, this.#base]
    for (let at = 0; at < numbers.length; at++) {
      const number = numbers[at] ?? 0
      if ((latest[number] ?? 0) > base) continue
      latest[number] = base + 1
      const first = firstCells[number] ?? -1
      if (first >= 0) held.add(first, 1)
    }
  }
}

/** Cells of a block: a sum takes at most some hundred steps, of ten thousand cells. */
const BLOCK_CELLS = 128

/** A count for each cell, and the sums of blocks of cells. */
class CellCounts {
  readonly #counts: Int32Array
  readonly #blocks: Int32Array

  constructor(cells: number) {
    this.#counts = new Int32Array(cells)
    this.#blocks = new Int32Array(Math.ceil(cells / BLOCK_CELLS))
  }

  add(cell: number, more: number): void {
    const block = Math.floor(cell / BLOCK_CELLS)
    this.#counts[cell] = (this.#counts[cell] ?? 0) + more
    this.#blocks[block] = (this.#blocks[block] ?? 0) + more
  }

  /** The sum of the cells [from, to). */
  sum(from: number, to: number): number {
    let sum = 0
    for (let cell = from; cell < to;) {
      const isWholeBlock = cell % BLOCK_CELLS === 0 && cell + BLOCK_CELLS <= to
      sum += (isWholeBlock ? this.#blocks[cell / BLOCK_CELLS] : this.#counts[cell]) ?? 0
      cell += isWholeBlock ? BLOCK_CELLS : 1
    }
    return sum
  }
}
