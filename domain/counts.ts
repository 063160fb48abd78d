import type { Login } from './login.ts'

export type BucketSize = 'minute' | 'hour' | 'day'

export const bucketMs: Record<BucketSize, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

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

/** Columns of the minutes of an hour and of the hours of a day, in order. */
export const slotNames = { minute: slots('m', 60), hour: slots('h', 24) }

function slots(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${letter}${String(i).padStart(2, '0')}`)
}

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

/** Cannot be part of a dimension: decoding refuses NUL everywhere. */
const SEPARATOR = '\0'

/** Counts logins by minute of the event and by device type, app version, locale and outcome. */
export class MinuteCounts {
  readonly columns = emptyColumns()
  readonly #indexOf = new Map<string, number>()

  /** Returns the index of its entry in `columns`. */
  add({ eventTimeMs, deviceType, appVersion, locale, outcome }: Login): number {
    const bucket = floorTo(eventTimeMs, bucketMs.minute)
    return add(this.columns, this.#indexOf, [bucket, deviceType, appVersion, locale, outcome], 1)
  }
}

type Text = string | undefined
type Entry = [bucket: number, deviceType: Text, appVersion: Text, locale: Text, outcome: Text]

function add(columns: CountColumns, indexOf: Map<string, number>, entry: Entry, logins: number): number {
  const [bucket, deviceType = '', appVersion = '', locale = '', outcome = ''] = entry
  const key = [bucket, deviceType, appVersion, locale, outcome].join(SEPARATOR)
  const index = indexOf.get(key)
  if (index !== undefined) {
    columns.logins[index] = (columns.logins[index] ?? 0) + logins
    return index
  }
  indexOf.set(key, columns.logins.length)
  columns.buckets.push(bucket)
  columns.deviceTypes.push(deviceType)
  columns.appVersions.push(appVersion)
  columns.locales.push(locale)
  columns.outcomes.push(outcome)
  return columns.logins.push(logins) - 1
}

const emptyColumns = (): CountColumns => ({
  buckets: [],
  deviceTypes: [],
  appVersions: [],
  locales: [],
  outcomes: [],
  logins: [],
})

export const floorTo = (timeMs: number, sizeMs: number): number => Math.floor(timeMs / sizeMs) * sizeMs
