import type { SightingKind } from '../sightings/sighting.ts'

/**
 * Users, devices and addresses that have no number yet, because they were first seen a moment ago. Within an
 * answer they have numbers below 0.
 */
export class UnnumberedMembers {
  readonly #numbers: Record<SightingKind, Map<string, number>> = {
    user: new Map(),
    device: new Map(),
    address: new Map(),
  }
  readonly #ids: Record<SightingKind, string[]> = { user: [], device: [], address: [] }

  numberOf(kind: SightingKind, id: string): number {
    const known = this.#numbers[kind].get(id)
    if (known !== undefined) return known
    const number = -this.#ids[kind].push(id)
    this.#numbers[kind].set(id, number)
    return number
  }

  /** How many there are. */
  countOf(kind: SightingKind): number {
    return this.#ids[kind].length
  }

  /** @param number result of numberOf */
  idOf(kind: SightingKind, number: number): string {
    return this.#ids[kind][-1 - number] ?? ''
  }

  /** Compares numbers of members, for sort: those below 0 come last, by their ids. */
  compare(kind: SightingKind, a: number, b: number): number {
    if (a >= 0 && b >= 0) return a - b
    if (a >= 0 || b >= 0) return a >= 0 ? -1 : 1
    const [one, other] = [this.idOf(kind, a), this.idOf(kind, b)]
    return one < other ? -1 : one > other ? 1 : 0
  }
}
