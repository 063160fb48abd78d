import { type DimensionName, dimensionOf, type GroupName } from '../counts/dimensions.ts'
import { closedValues } from '../counts/value-filter.ts'
import { type SightingKind, sightingKinds } from '../sightings/sighting.ts'
import { compareVersions, parseVersion, type ReadVersion } from '../fields/versions.ts'
import type { Calendar } from '../time/calendar.ts'

/** A dimension of the clock: it tells stretches of time apart, not logins. */
type ClockDimension = 'weekday' | 'hour_of_day'

/** What groups are told apart by; whom attempts are of or from, only the lists of logins by hour know. */
export type GroupDimension = GroupName | ClockDimension | SightingKind

export const isOfClock = (name: GroupDimension): name is ClockDimension =>
  name === 'weekday' || name === 'hour_of_day'

export const isOfMembers = (name: GroupDimension): name is SightingKind =>
  (sightingKinds as readonly string[]).includes(name)

export const isOfValues = (name: GroupDimension): name is GroupName => !isOfClock(name) && !isOfMembers(name)

/** The dimensions of counts that groups are made of, without repetitions. */
export const storedDimensions = (groupBy: readonly GroupDimension[]): DimensionName[] => [
  ...new Set(groupBy.filter(isOfValues).map(dimensionOf)),
]

export const weekdays = [
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
  'SUNDAY',
] as const

const HOURS_PER_DAY = 24

/**
 * Returns a function that says what the clock shows at a moment, as the values of dimensions (TUESDAY, or 07): the same object
 * whenever it shows the same.
 */
export function clocks(
  { weekHour }: Pick<Calendar, 'weekHour'>,
  names: readonly ClockDimension[],
): (ms: number) => Partial<Record<ClockDimension, string>> {
  if (names.length === 0) return () => noClock
  const known = new Map<number, Partial<Record<ClockDimension, string>>>()
  return (ms) => {
    const { weekday, hour } = weekHour(ms)
    const key =
      (names.includes('weekday') ? weekday * HOURS_PER_DAY : 0) + (names.includes('hour_of_day') ? hour : 0)
    const shown = known.get(key) ?? shows(names, weekday, hour)
    known.set(key, shown)
    return shown
  }
}

const noClock: Partial<Record<ClockDimension, string>> = {}

const shows = (names: readonly ClockDimension[], weekday: number, hour: number) =>
  Object.fromEntries(
    names.map((name) => [
      name,
      name === 'weekday' ? (weekdays[weekday - 1] ?? '') : String(hour).padStart(2, '0'),
    ]),
  ) as Partial<Record<ClockDimension, string>>

/** A stored value as answers write it: in capitals if it is of a closed list. */
export const valueText = (name: GroupName, stored: string): string =>
  closedValues(name) === null ? stored : stored.toUpperCase()

/** The stored value that answers write as a text; see valueText. */
export const storedValue = (name: GroupName, text: string): string =>
  closedValues(name)?.find((value) => value.toUpperCase() === text) ?? text

/** Orders values of a dimension: versions by semver, weekdays from Monday, others by their text. */
export function compareValues(name: GroupDimension): (a: string, b: string) => number {
  if (name === 'app_version') return compareTexts()
  const names: readonly string[] = weekdays
  if (name === 'weekday') return (a, b) => names.indexOf(a) - names.indexOf(b)
  return (a, b) => (a < b ? -1 : a > b ? 1 : 0)
}

/** Compares texts as versions; each text is parsed once. */
function compareTexts(): (a: string, b: string) => number {
  const known = new Map<string, ReadVersion>()
  const read = (text: string): ReadVersion => {
    const version = known.get(text) ?? { text, version: parseVersion(text) }
    known.set(text, version)
    return version
  }
  return (a, b) => compareVersions(read(a), read(b))
}
