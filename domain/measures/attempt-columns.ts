import type { SightingKind } from '../sightings/sighting.ts'

/**
 * Attempts one by one, in columns: an attempt has the same place in all, below `count`. Loops go by index over millions of them.
 */
export class AttemptColumns {
  count = 0
  groups = new Int32Array(0)
  cells = new Int32Array(0)
  /** Minutes since 1970; empty if times are not kept. */
  minutes = new Int32Array(0)
  /** 1: the attempt failed. */
  failed = new Uint8Array(0)
  /** Numbers of versions; empty if versions are not kept. */
  versions = new Int32Array(0)
  /** Numbers of members, of the kinds that are kept. */
  readonly members: Partial<Record<SightingKind, Int32Array>> = {}
  readonly #has: { times: boolean; versions: boolean }

  constructor(kinds: readonly SightingKind[], has: { times: boolean; versions: boolean }) {
    this.#has = has
    for (const kind of kinds) this.members[kind] = new Int32Array(0)
  }

  /** Makes room for more attempts. */
  reserve(more: number): void {
    const [needed, length] = [this.count + more, this.groups.length]
    if (needed <= length) return
    const longer = Math.max(needed, 2 * length, 1_024)
    const grown = (column: Int32Array): Int32Array<ArrayBuffer> => {
      const copy = new Int32Array(longer)
      copy.set(column)
      return copy
    }
    this.groups = grown(this.groups)
    this.cells = grown(this.cells)
    if (this.#has.times) this.minutes = grown(this.minutes)
    if (this.#has.versions) this.versions = grown(this.versions)
    for (const kind of Object.keys(this.members) as SightingKind[])
      this.members[kind] = grown(this.members[kind] ?? new Int32Array(0))
    const failed = new Uint8Array(longer)
    failed.set(this.failed)
    this.failed = failed
  }
}
