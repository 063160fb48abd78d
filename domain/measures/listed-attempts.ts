import type { DimensionName } from '../counts/dimensions.ts'
import type { SightingKind } from '../sightings/sighting.ts'
import { findCell } from '../engagement/find-cell.ts'
import { bucketMs } from '../time/bucket.ts'
import { AttemptColumns } from './attempt-columns.ts'
import type { Cell } from './cells.ts'
import { TupleNumbers } from './tuple-numbers.ts'

/** Attempts of an hour or a day with the same values, as the lists have them: an attempt has one place in all columns. */
export type AttemptList = {
  /** Start of the hour or day, Unix milliseconds. */
  startMs: number
  /** Its length. */
  lengthMs: number
  values: Partial<Record<DimensionName, string>>
  isFailure: boolean
  /** How many there are. */
  attempts: number
  /** Of each attempt, since the start; null: not read, because nobody asks when it was within the hour or the day. */
  minutes: Uint8Array | Uint16Array | null
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
  /** Whether the minute is kept of each attempt. */
  hasTimes: boolean
}

/** Attempts one by one, and what they are put into groups by. */
export class ListedAttempts {
  /** Groups as tuples: the number of the texts, then a number for each kind of members. */
  readonly groups: TupleNumbers
  readonly columns: AttemptColumns
  readonly #grouping: Grouping
  readonly #texts = new NumberedTexts()
  readonly #versions = new NumberedTexts()
  readonly #cellAt: (minute: number) => number

  constructor(grouping: Grouping) {
    this.#grouping = grouping
    this.groups = new TupleNumbers(1 + grouping.kinds.length)
    this.columns = new AttemptColumns(grouping.counted, {
      times: grouping.hasTimes,
      versions: grouping.hasVersions,
    })
    this.#cellAt = findCell(grouping.cells)
  }

  get hasVersions(): boolean {
    return this.#grouping.hasVersions
  }

  get hasTimes(): boolean {
    return this.#grouping.hasTimes
  }

  /** Whether lists of an hour or a day may lack their minutes: all of it lies in one cell, and no minute is kept. */
  mayLackMinutes(time: Pick<AttemptList, 'startMs' | 'lengthMs'>): boolean {
    return !this.hasTimes && this.#cellOfAll(time) !== null
  }

  /** Makes room for so many. */
  reserve(attempts: number): void {
    this.columns.reserve(attempts)
  }

  /** Adds those that are in a cell and count. */
  add(list: AttemptList): void {
    this.columns.reserve(list.attempts)
    const cell = this.#cellOfAll(list)
    const areAllCounted = Object.keys(this.#grouping.only).length === 0
    if (cell !== null && areAllCounted) this.#addAll(list, cell)
    else this.#addOneByOne(list)
  }

  #addAll({ startMs, values, isFailure, attempts, minutes, members }: AttemptList, cell: number): void {
    const { kinds, counted, textsOf } = this.#grouping
    const { columns } = this
    const [from, to] = [columns.count, columns.count + attempts]
    const columnOf = (kind: SightingKind) => members[kind] ?? noMembers
    const texts = this.#texts.numberOf(textsOf(values, cell))
    this.groups.numberAll(texts, kinds.map(columnOf), attempts, columns.groups, from)
    columns.cells.fill(cell, from, to)
    const firstMinute = startMs / bucketMs.minute
    if (this.hasTimes)
      for (let i = 0; i < attempts; i++) columns.minutes[from + i] = firstMinute + (minutes?.[i] ?? 0)
    columns.failed.fill(isFailure ? 1 : 0, from, to)
    if (this.hasVersions) columns.versions.fill(this.#versionOf(values), from, to)
    for (const kind of counted) columns.members[kind]?.set(columnOf(kind), from)
    columns.count = to
  }

  #addOneByOne({ startMs, values, isFailure, attempts, minutes, members }: AttemptList): void {
    const { kinds, counted, only, textsOf } = this.#grouping
    const { columns, groups: numbers } = this
    const columnOf = (kind: SightingKind) => members[kind] ?? noMembers
    const grouped = kinds.map(columnOf)
    const checks = (Object.keys(only) as SightingKind[]).map((kind) => ({
      column: columnOf(kind),
      allowed: only[kind],
    }))
    const version = this.#versionOf(values)
    const parts = new Int32Array(numbers.length)
    const firstMinute = startMs / bucketMs.minute
    let [textsAreOf, place] = [-1, columns.count]
    for (let i = 0; i < attempts; i++) {
      const minute = firstMinute + (minutes?.[i] ?? 0)
      const cell = this.#cellAt(minute)
      if (cell < 0 || checks.some(({ column, allowed }) => allowed?.has(column[i] ?? 0) === false)) continue
      if (cell !== textsAreOf) parts[0] = this.#texts.numberOf(textsOf(values, cell))
      textsAreOf = cell
      for (let kind = 0; kind < grouped.length; kind++) parts[kind + 1] = grouped[kind]?.[i] ?? 0
      columns.groups[place] = numbers.numberOf(parts)
      columns.cells[place] = cell
      if (this.hasTimes) columns.minutes[place] = minute
      columns.failed[place] = isFailure ? 1 : 0
      if (this.hasVersions) columns.versions[place] = version
      for (const kind of counted) {
        const column = columns.members[kind]
        if (column !== undefined) column[place] = members[kind]?.[i] ?? 0
      }
      place++
    }
    columns.count = place
  }

  #versionOf(values: AttemptList['values']): number {
    return this.#versions.numberOf([values.app_version ?? ''])
  }

  /** The cell that all of an hour or a day lies in; null: it is not of one. */
  #cellOfAll({ startMs, lengthMs }: Pick<AttemptList, 'startMs' | 'lengthMs'>): number | null {
    const cell = this.#cellAt(startMs / bucketMs.minute)
    return cell >= 0 && cell === this.#cellAt((startMs + lengthMs) / bucketMs.minute - 1) ? cell : null
  }

  /** What tells a group apart beside members. */
  textsOf(group: number): readonly string[] {
    return this.#texts.textsOf(this.groups.partsOf(group)[0] ?? 0)
  }

  /** The version of the attempt at a place; only if versions are kept. */
  versionAt(place: number): string {
    return this.#versions.textsOf(this.columns.versions[place] ?? 0)[0] ?? ''
  }
}

const noMembers = new Int32Array(0)

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
