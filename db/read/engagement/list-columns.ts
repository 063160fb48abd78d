import { takenNumbers } from '../../../domain/engagement/read-numbers.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { idTables } from '../../rollups/id-tables.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import type { CellSink, SetQuestion } from './set-cells.ts'
import { type GroupValues, valuesBy } from './set-groups.ts'

type Sql = ReadSession['sql']

/** Of which attempts lists are read, and by what they are grouped. */
export type ListQuestion = Pick<SetQuestion, 'by' | 'filter'>

/** Who takes the members of each kind that is read. */
export type KindSinks = ReadonlyMap<SightingKind, CellSink>

/** How many bytes of lists may still be read. */
export type ListRoom = { bytes: number }

/** Numbers of members, 4 bytes each, by the name of their column. */
export type Numbers = Partial<Record<(typeof idTables)[SightingKind]['numbers'], Buffer>>

/** The numbers of kinds, each followed by a comma. */
export const numbersOf = (sql: Sql, kinds: readonly SightingKind[]) =>
  kinds.map((kind) => sql`${listsOf(sql, idTables[kind].numbers)}, `)

/**
 * Adds the members of a row to their cell.
 * @param room is used up
 * @returns false when the row has more bytes; then not all of it is added
 */
export function addRow(
  sinks: KindSinks,
  by: ListQuestion['by'],
  row: GroupValues & Numbers,
  cell: number | undefined,
  room: ListRoom,
): boolean {
  for (const [kind, sink] of sinks) {
    const bytes = row[idTables[kind].numbers] ?? noBytes
    room.bytes -= bytes.length
    if (room.bytes < 0) return false
    const numbers = takenNumbers(bytes)
    sink.add(valuesBy(by, row), cell, () => numbers)
  }
  return true
}

export const noBytes = Buffer.alloc(0)

/** A column of lists as one. */
export const listsOf = (sql: Sql, column: string) =>
  sql`string_agg(${sql(column)}, ''::bytea) as ${sql(column)}`
