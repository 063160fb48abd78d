import type { DimensionName } from '../../../domain/counts/dimensions.ts'
import { minutesOfDay } from '../../../domain/engagement/numbers-of-pieces.ts'
import { takenNumbers } from '../../../domain/engagement/read-numbers.ts'
import type { AttemptList } from '../../../domain/measures/listed-attempts.ts'
import type { UnnumberedMembers } from '../../../domain/measures/unnumbered-members.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { idTables } from '../../rollups/id-tables.ts'

/** A list of an hour or a day: numbers of 4 bytes each, and who has none yet, in the order of those where the number is -1. */
export type AttemptRow = Partial<Record<DimensionName, string>> & {
  start: number
  is_failure: boolean
  attempts: number
  /** A byte an attempt; left out: not asked for. */
  minutes?: Buffer
  hours?: Buffer
} & Record<string, unknown>

/**
 * Decodes a row.
 * @param lengthMs of the hour or day
 * @param unnumbered get a number for everybody who has none yet
 */
export function listOf(
  { start: startMs, is_failure: isFailure, attempts, hours, minutes, ...row }: AttemptRow,
  lengthMs: number,
  { dimensions, kinds }: { dimensions: readonly DimensionName[]; kinds: readonly SightingKind[] },
  unnumbered: UnnumberedMembers,
): AttemptList {
  return {
    ...{ startMs, lengthMs, isFailure, attempts },
    minutes: minutes !== undefined && hours !== undefined ? minutesOfDay(hours, minutes) : (minutes ?? null),
    values: Object.fromEntries(dimensions.map((name) => [name, row[name] as string])),
    members: Object.fromEntries(
      kinds.map((kind) => {
        const name = idTables[kind].numbers
        const without = (row[`${name}_without`] ?? []) as string[]
        return [
          kind,
          numbersOf(
            row[name] as Buffer,
            without.map((id) => unnumbered.numberOf(kind, id)),
          ),
        ]
      }),
    ),
  }
}

/** @param unnumbered the numbers of those that have -1, in order */
function numbersOf(bytes: Buffer, unnumbered: readonly number[]): Int32Array {
  const numbers = takenNumbers(bytes)
  let next = 0
  if (unnumbered.length > 0)
    for (let place = 0; place < numbers.length; place++)
      if (numbers[place] === -1) numbers[place] = unnumbered[next++] ?? -1
  return numbers
}
