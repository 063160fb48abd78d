import type { DimensionName } from '../counts/dimensions.ts'
import type { SightingKind } from '../sightings/sighting.ts'
import { findCell } from '../engagement/find-cell.ts'
import { bucketMs } from '../time/bucket.ts'
import type { Cell } from './cells.ts'
import { GrowingColumn } from './growing-column.ts'
import { TupleNumbers } from './tuple-numbers.ts'

const MINUTES_PER_HOUR = 60

/** Attempts of an hour with the same values, as the lists by hour have them: an attempt has one place in all columns. */
export type AttemptList = {
  /** Start of the hour, Unix milliseconds. */
  hourMs: number
  values: Partial<Record<DimensionName, string>>
  isFailure: boolean
  /** Of the hour. */
  minutes: Uint8Array
  /** Who, by number; see UnnumberedMembers. */
  members: Partial<Record<SightingKind, Int32Array>>
}

/** What attempts are put into groups by, which of them count, and what is kept of each. */
type Grouping = {
  cells: readonly Cell[]
  /** What tells groups apart beside members, of attempts in a cell. */
  textsOf: (values: AttemptList['values'], cell: number) => string[]
  /** Members that tell groups apart, too. */
  kinds: readonly SightingKind[]
  /** Members whose attempts count; anybody's where a kind is left out. */
  only: Partial<Record<SightingKind, ReadonlySet<number>>>
  /** Members that are kept of each attempt. */
  counted: readonly SightingKind[]
  /** Whether the version is kept of each attempt. */
  hasVersions: boolean
}

/** Attempts one by one, in columns: the group, the cell, the minute, whether it failed, and what else is kept. */
export class ListedAttempts {
  count = 0
  /** Groups as tuples: the number of the texts, then a number for each kind of members. */
  readonly groups: TupleNumbers
  readonly #grouping: Grouping
  readonly #texts = new NumberedTexts()
  readonly #versions = new NumberedTexts()
  readonly #cellAt: (minute: number) => number
  readonly #groupOf = new GrowingColumn()
  readonly #cellOf = new GrowingColumn()
  readonly #minuteOf = new GrowingColumn()
  readonly #isFailed = new GrowingColumn()
  readonly #versionOf = new GrowingColumn()
  readonly #memberOf: Partial<Record<SightingKind, GrowingColumn>>

  constructor(grouping: Grouping) {
    this.#grouping = grouping
    this.groups = new TupleNumbers(1 + grouping.kinds.length)
    this.#cellAt = findCell(grouping.cells)
    this.#memberOf = Object.fromEntries(grouping.counted.map((kind) => [kind, new GrowingColumn()]))
  }

  get hasVersions(): boolean {
    return this.#grouping.hasVersions
  }

  get counted(): readonly SightingKind[] {
    return this.#grouping.counted
  }

  /** Adds those that are in a cell and count. */
  add({ hourMs, values, isFailure, minutes, members }: AttemptList): void {
    const { kinds, only, textsOf } = this.#grouping
    const columnOf = (kind: SightingKind) => members[kind] ?? new Int32Array(0)
    const columns = kinds.map(columnOf)
    const checks = (Object.keys(only) as SightingKind[]).map((kind) => ({
      column: columnOf(kind),
      allowed: only[kind],
    }))
    const version = this.#versions.numberOf([values.app_version ?? ''])
    const parts = new Int32Array(this.groups.length)
    const firstMinute = hourMs / bucketMs.minute
    const cellOfHour = this.#cellOfHour(firstMinute)
    let textsAreOf = -1
    for (let i = 0; i < minutes.length; i++) {
      const minute = firstMinute + (minutes[i] ?? 0)
      const cell = cellOfHour ?? this.#cellAt(minute)
      if (cell < 0 || checks.some(({ column, allowed }) => allowed?.has(column[i] ?? 0) === false)) continue
      if (cell !== textsAreOf) parts[0] = this.#texts.numberOf(textsOf(values, cell))
      textsAreOf = cell
      for (let kind = 0; kind < columns.length; kind++) parts[kind + 1] = columns[kind]?.[i] ?? 0
      this.count++
      this.#groupOf.push(this.groups.numberOf(parts))
      this.#cellOf.push(cell)
      this.#minuteOf.push(minute)
      this.#isFailed.push(isFailure ? 1 : 0)
      if (this.hasVersions) this.#versionOf.push(version)
      for (const kind of this.counted) this.#memberOf[kind]?.push(members[kind]?.[i] ?? 0)
    }
  }

  /** The cell that a whole hour lies in; null: it is not of one. */
  #cellOfHour(firstMinute: number): number | null {
    const cell = this.#cellAt(firstMinute)
    return cell >= 0 && cell === this.#cellAt(firstMinute + MINUTES_PER_HOUR - 1) ? cell : null
  }

  /** What tells a group apart beside members. */
  textsOf(group: number): readonly string[] {
    return this.#texts.textsOf(this.groups.partsOf(group)[0] ?? 0)
  }

  groupAt(attempt: number): number {
    return this.#groupOf.at(attempt)
  }

  cellAt(attempt: number): number {
    return this.#cellOf.at(attempt)
  }

  /** Minutes since 1970. */
  minuteAt(attempt: number): number {
    return this.#minuteOf.at(attempt)
  }

  isFailed(attempt: number): boolean {
    return this.#isFailed.at(attempt) === 1
  }

  /** Only if versions are kept. */
  versionAt(attempt: number): string {
    return this.#versions.textsOf(this.#versionOf.at(attempt))[0] ?? ''
  }

  /** Only of kinds that are kept. */
  memberAt(kind: SightingKind, attempt: number): number {
    return this.#memberOf[kind]?.at(attempt) ?? 0
  }
}

/** Numbers lists of texts in the order in which they first occur. */
class NumberedTexts {
  readonly #texts: string[][] = []
  readonly #numbers = new Map<string, number>()

  numberOf(texts: string[]): number {
    const key = texts.join('\0')
    const number = this.#numbers.get(key) ?? this.#texts.push(texts) - 1
    this.#numbers.set(key, number)
    return number
  }

  textsOf(number: number): readonly string[] {
    return this.#texts[number] ?? []
  }
}
