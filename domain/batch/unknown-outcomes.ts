/** How logins wrote an outcome that is not understood, and how many wrote it so. Null: in other ways than those listed. */
export type UnknownOutcomes = [spelling: string | null, logins: number][]

/** A producer may send a text of its own with each login. */
const MAX_SPELLINGS = 20

/** Counts the spellings of a batch: the first 20 apart, all others together. */
export class UnknownOutcomeCounts {
  readonly #counts = new Map<string | null, number>()

  add(spellings: readonly string[]): void {
    for (const spelling of spellings) {
      const isListed = this.#counts.has(spelling) || this.#counts.size < MAX_SPELLINGS
      const key = isListed ? spelling : null
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
    }
  }

  counts(): UnknownOutcomes {
    return [...this.#counts]
  }
}
