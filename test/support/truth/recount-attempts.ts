import { dimensions } from '../../../domain/counts/dimensions.ts'
import { parseIp } from '../../../domain/fields/ip.ts'
import { usRegionOf } from '../../../domain/fields/us-region.ts'
import type { Login } from '../../../domain/login/login.ts'
import type { GroupDimension } from '../../../domain/measures/group-dimension.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import type { SeenLogin } from '../api/logins-by-day.ts'

/** Counts attempts one by one, by whatever they are grouped by. */

const weekdays = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY']

const clocks = new Map<string, Intl.DateTimeFormat>()

/** What the clock of a zone shows. */
export function clockAt(timeZone: string, ms: number): { weekday: string; hour: string } {
  const format =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'long', hour: '2-digit', hourCycle: 'h23' })
  clocks.set(timeZone, format)
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]))
  return { weekday: (parts.get('weekday') ?? '').toUpperCase(), hour: parts.get('hour') ?? '' }
}

export type Dimension = Uppercase<GroupDimension>

/** The value of each dimension, as answers write it. */
const valuesBy: Record<string, (login: SeenLogin, timeZone: string) => string> = {
  ...Object.fromEntries(
    dimensions.map(({ name, read, values }) => [
      name.toUpperCase(),
      (login) => (values === null ? read(login as Login) : read(login as Login).toUpperCase()),
    ]),
  ),
  USER: ({ userId }: SeenLogin) => userId,
  DEVICE: ({ deviceId }: SeenLogin) => deviceId,
  ADDRESS: ({ ip }: SeenLogin) => parseIp(ip)?.ip ?? '',
  US_REGION: ({ locale }: SeenLogin) => usRegionOf(locale).toUpperCase(),
  WEEKDAY: ({ eventTimeMs }: SeenLogin, timeZone: string) => clockAt(timeZone, eventTimeMs).weekday,
  HOUR_OF_DAY: ({ eventTimeMs }: SeenLogin, timeZone: string) => clockAt(timeZone, eventTimeMs).hour,
}

export const valueOf = (dimension: Dimension, login: SeenLogin, timeZone: string): string =>
  valuesBy[dimension]?.(login, timeZone) ?? ''

export const within = (logins: readonly SeenLogin[], { fromMs, toMs }: TimeBucket): SeenLogin[] =>
  logins.filter(({ eventTimeMs }) => eventTimeMs >= fromMs && eventTimeMs < toMs)

export type Counted = Record<'users' | 'devices' | 'addresses' | 'outdatedLogins', number> & {
  attempts: number
  logins: number
  failures: number
  failureRate: number | null
  firstSeenAt: string | null
  lastSeenAt: string | null
}

const seenBy: Record<string, (login: SeenLogin) => boolean> = {
  ALL: () => true,
  LOGINS: ({ outcome }) => outcome !== 'failure',
  FAILURES: ({ outcome }) => outcome === 'failure',
}

const minute = (ms: number) => new Date(Math.floor(ms / 60_000) * 60_000).toISOString()

/**
 * Version 1.0 is outdated.
 * @param attempts which attempts make something seen, or somebody counted
 */
export function recount(logins: readonly SeenLogin[], attempts: string): Counted {
  const failures = logins.filter(({ outcome }) => outcome === 'failure').length
  const counted = logins.filter(seenBy[attempts] ?? (() => true))
  const seen = counted.map(({ eventTimeMs }) => eventTimeMs)
  return {
    users: new Set(counted.map(({ userId }) => userId)).size,
    devices: new Set(counted.map(({ deviceId }) => deviceId)).size,
    addresses: new Set(counted.map(({ ip }) => ip)).size,
    outdatedLogins: logins.filter((login) => login.appVersion === '1.0' && login.outcome !== 'failure')
      .length,
    attempts: logins.length,
    logins: logins.length - failures,
    failures,
    failureRate: logins.length === 0 ? null : failures / logins.length,
    firstSeenAt: seen.length === 0 ? null : minute(Math.min(...seen)),
    lastSeenAt: seen.length === 0 ? null : minute(Math.max(...seen)),
  }
}

const places: Record<string, readonly string[]> = { WEEKDAY: [...weekdays.slice(1), 'SUNDAY'] }

/**
 * Compares values of a dimension.
 * @param numbers those of members; who has none comes last
 */
export function compareValues(
  dimension: Dimension,
  numbers: ReadonlyMap<string, number>,
): (a: string, b: string) => number {
  const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  const order = places[dimension]
  if (order !== undefined) return (a, b) => order.indexOf(a) - order.indexOf(b)
  if (!['USER', 'DEVICE', 'ADDRESS'].includes(dimension)) return byText
  const numberOf = (id: string) => numbers.get(`${dimension} ${id}`) ?? Infinity
  return (a, b) => {
    const [one, other] = [numberOf(a), numberOf(b)]
    return one === other ? byText(a, b) : one - other
  }
}
