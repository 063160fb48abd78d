import type { Login } from '../login/login.ts'
import { bucketMs, floorTo } from '../time/bucket.ts'

/** What logins are counted by, named as their columns. */
export const dimensionNames = ['device_type', 'app_version', 'locale', 'outcome'] as const
export type DimensionName = (typeof dimensionNames)[number]

/** A set of dimensions is the sum of their bits. */
export const dimensionBit: Record<DimensionName, number> = {
  device_type: 1,
  app_version: 2,
  locale: 4,
  outcome: 8,
}

/** The sets that counts are kept by: none, each, every two, all; those of fewer rows first. */
export const dimensionSets = [0, 8, 1, 2, 4, 9, 3, 10, 12, 5, 6, 15] as const

/** The first of the kept sets that tells these dimensions apart. */
export function smallestSet(names: Iterable<DimensionName>): number {
  const wanted = [...names].reduce((bits, name) => bits | dimensionBit[name], 0)
  return dimensionSets.find((kept) => (kept & wanted) === wanted) ?? 15
}

/** Columns of the minutes of an hour, of the quarters and the hours of a day, and of a whole month, in order. */
export const slotNames = {
  minute: slots('m', 60),
  quarter: slots('q', 96),
  hour: slots('h', 24),
  month: ['logins'],
}

function slots(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${letter}${String(i).padStart(2, '0')}`)
}

/** Which of the tables of counts. */
export type CountSize = keyof typeof slotNames

/** Logins per bucket and dimensions, as parallel arrays: one entry is the same index in each. */
export type CountColumns = {
  /** Start of the bucket, Unix milliseconds, UTC. */
  buckets: number[]
  deviceTypes: string[]
  appVersions: string[]
  locales: string[]
  outcomes: string[]
  logins: number[]
}

type Places = Map<number, Map<string, Map<string, Map<string, Map<string, number>>>>>

/** Counts logins by minute of the event and by device type, app version, locale and outcome. */
export class MinuteCounts {
  readonly columns: CountColumns = {
    buckets: [],
    deviceTypes: [],
    appVersions: [],
    locales: [],
    outcomes: [],
    logins: [],
  }
  /** Level by level: to make one key of the values costs a login more than all five. */
  readonly #places: Places = new Map()

  /** Returns the index of its entry in `columns`. */
  add({ eventTimeMs, deviceType, appVersion, locale, outcome }: Login): number {
    const bucket = floorTo(eventTimeMs, bucketMs.minute)
    const ofDevice = within(within(this.#places, bucket), deviceType)
    const ofLocale = within(within(ofDevice, appVersion), locale)
    const { columns } = this
    const known = ofLocale.get(outcome)
    if (known !== undefined) {
      columns.logins[known] = (columns.logins[known] ?? 0) + 1
      return known
    }
    columns.buckets.push(bucket)
    columns.deviceTypes.push(deviceType)
    columns.appVersions.push(appVersion)
    columns.locales.push(locale)
    columns.outcomes.push(outcome)
    const place = columns.logins.push(1) - 1
    ofLocale.set(outcome, place)
    return place
  }
}

function within<K, L, V>(level: Map<K, Map<L, V>>, key: K): Map<L, V> {
  const known = level.get(key)
  if (known !== undefined) return known
  const made = new Map<L, V>()
  level.set(key, made)
  return made
}
