import { usRegionOf } from '../../../domain/fields/us-region.ts'
import { randomOf } from '../../../domain/time/calendar-fixture.ts'
import { DAY_MS, dayOf } from '../../../domain/time/period.ts'
import { isoOf } from '../truth/truth-question.ts'
import type { SeenLogin } from './logins-by-day.ts'
import { DAYS, LISTED_DAYS, somebodysLogins } from './people-world.ts'
import { useApi } from './use-api.ts'

/** What tests of people ask, and what the logins themselves say. */

/** A day is over an hour after its midnight, for the clock of the database. */
export const today = dayOf(Date.now() - 3_600_000)
export const NOW_MS = today * DAY_MS + 10.5 * 3_600_000
const firstDay = today + 1 - DAYS

const zones = [
  'UTC',
  'Asia/Kathmandu',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/St_Johns',
]
export const kinds = { users: 'userId', devices: 'deviceId', addresses: 'ip' } as const
export type Kind = keyof typeof kinds
export const isOf = {
  ALL: () => true,
  LOGINS: ({ outcome }: SeenLogin) => outcome !== 'failure',
  FAILURES: ({ outcome }: SeenLogin) => outcome === 'failure',
}
const valueOf: Record<string, (login: SeenLogin) => string> = {
  DEVICE_TYPE: ({ deviceType }) => deviceType.toUpperCase(),
  APP_VERSION: ({ appVersion }) => appVersion,
  LOCALE: ({ locale }) => locale,
  OUTCOME: ({ outcome }) => outcome.toUpperCase(),
  US_REGION: ({ locale }) => usRegionOf(locale).toUpperCase(),
}
const fieldOf: Record<string, string> = {
  DEVICE_TYPE: 'deviceType',
  APP_VERSION: 'appVersion',
  LOCALE: 'locale',
  OUTCOME: 'outcome',
  US_REGION: 'usRegion',
}

const lengths: Record<string, number> = {
  MINUTE: 60_000,
  HOUR: 3_600_000,
  DAY: DAY_MS,
  WEEK: 7 * DAY_MS,
  MONTH: 30 * DAY_MS,
  QUARTER: 91 * DAY_MS,
}

const dateFormats = new Map(
  zones.map((zone) => [zone, new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' })]),
)

/** The midnight (UTC) of the date that a zone's clock shows. */
export const dateIn = (zone: string, iso: string) =>
  Date.parse(dateFormats.get(zone)?.format(new Date(iso)) ?? '')

/** Of logins in the order of their time: those of a span. */
export const within = (ordered: readonly SeenLogin[], fromMs: number, toMs: number) =>
  ordered.slice(placeOf(ordered, fromMs), placeOf(ordered, toMs))

/** How many logins are before a moment. */
function placeOf(ordered: readonly SeenLogin[], ms: number): number {
  let [low, high] = [0, ordered.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ordered[middle]?.eventTimeMs ?? Infinity) < ms) low = middle + 1
    else high = middle
  }
  return low
}

/** The group of a login, as answers write its values. */
export const groupOf = (groupBy: readonly string[], login: SeenLogin) =>
  groupBy.map((name) => valueOf[name]?.(login)).join()

/**
 * For some tests: an API, logins that are not written yet, and questions about them.
 * @param listedDays how many days logins are listed by hour
 */
export function usePeople(seed: number, listedDays = LISTED_DAYS) {
  const listedFromMs = (today + 1 - listedDays) * DAY_MS
  const logins = somebodysLogins(seed, firstDay, 8_000).filter(({ eventTimeMs }) => eventTimeMs < NOW_MS)
  const { sql, ask } = useApi(
    (database) =>
      database`insert into retention_bound values ('hour_login', ${isoOf(listedFromMs)}::text::timestamptz)`,
    { clock: () => NOW_MS },
  )
  const random = randomOf(seed)
  const ordered = logins.toSorted((a, b) => a.eventTimeMs - b.eventTimeMs)
  return { sql, ask, logins, randomQuestion: () => randomQuestion(random, ordered) }
}

export type Question = ReturnType<typeof randomQuestion>

/** @param ordered all logins in the order of their time, as those that the question counts are */
function randomQuestion(random: () => number, ordered: readonly SeenLogin[]) {
  const below = (most: number) => Math.floor(random() * most)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T
  const some = <T>(list: readonly T[], share: number) => list.filter(() => random() < share)
  const zone = pick(zones)
  const bucket = pick(Object.keys(lengths))
  const length = lengths[bucket] ?? 0
  const isOfDates = random() < 0.6
  const grain = isOfDates ? DAY_MS : pick([60_000, 900_000, 3_600_000])
  const fromMs = Math.floor((firstDay * DAY_MS + below(NOW_MS - firstDay * DAY_MS)) / grain) * grain
  const toMs = fromMs + Math.ceil(((1 + below(20)) * length) / grain) * grain
  const [from, to] = [fromMs, toMs].map((ms) => (isOfDates ? isoOf(ms).slice(0, 10) : isoOf(ms)))
  const filter = Object.fromEntries(
    some(Object.keys(valueOf), 0.15).map((name) => [
      name,
      some([...new Set(ordered.map(valueOf[name] ?? String))], 0.6),
    ]),
  )
  const groupBy = some(Object.keys(valueOf), 0.2)
  const attempts = pick(['ALL', 'LOGINS', 'LOGINS', 'FAILURES'] as const)
  // Of days older than lists only users are known by a dimension.
  const asked = pick([['users'], ['users'], Object.keys(kinds)]) as Kind[]
  const compareTo = some(['{ span: PREVIOUS }', '{ span: WEEK_BEFORE }', '{ daysBefore: 11 }'], 0.3)
  const order = random() < 0.5 ? `orderBy: { measure: ${pick(['USERS', 'DEVICES', 'LOGINS'])} }` : ''
  const first = random() < 0.5 ? `first: ${1 + below(3)}` : ''
  const conditions = Object.entries(filter).map(
    ([name, values]) => `${fieldOf[name]}: { in: ${JSON.stringify(values)} }`,
  )
  return {
    ...{ zone, groupBy, asked, attempts },
    fields: `start end setBasis ${asked.join(' ')}`,
    counted: ordered.filter(
      (login) =>
        isOf[attempts](login) &&
        Object.entries(filter).every(([name, values]) => values.includes(valueOf[name]?.(login) ?? '')),
    ),
    args: `from: "${from}", to: "${to}", bucket: ${bucket}, timeZone: "${zone}", weekStart: ${pick(['MONDAY', 'SATURDAY'])},
      attempts: ${attempts}, filter: { ${conditions.join(', ')} }, groupBy: [${groupBy.join(', ')}], compareTo: [${compareTo.join(', ')}] ${order} ${first}`,
  }
}
