import { DAY_MS } from '../../../domain/time/period.ts'
import { MINUTES_FROM_MS, RANGE, writtenAt, ZONES } from '../api/counted-logins.ts'
import { NOW_MS } from '../api/api-fixture.ts'
import type { SeenLogin } from '../api/logins-by-day.ts'
import type { RecountQuestion } from './recount-answer.ts'
import { type Dimension, valueOf } from './recount-attempts.ts'

/** Questions about counts, at random. */

const lengths = {
  ...{ MINUTE: 60_000, HOUR: 3_600_000, DAY: DAY_MS, WEEK: 7 * DAY_MS },
  ...{ MONTH: 30 * DAY_MS, QUARTER: 91 * DAY_MS, YEAR: 365 * DAY_MS },
}
type Bucket = keyof typeof lengths

const dimensions = [
  { name: 'DEVICE_TYPE', field: 'deviceType', values: ['ANDROID', 'IOS', 'UNKNOWN'] },
  { name: 'APP_VERSION', field: 'appVersion', values: ['2.1.0', '2.2.0', '2.3.0'] },
  { name: 'LOCALE', field: 'locale', values: ['CA', 'NY', 'TX', 'RI', 'WA'] },
  { name: 'OUTCOME', field: 'outcome', values: ['SUCCESS', 'FAILURE', 'UNKNOWN'] },
  { name: 'US_REGION', field: 'usRegion', values: ['SOUTH', 'WEST', 'NORTHEAST'] },
] as const satisfies { name: Dimension; field: string; values: string[] }[]
const clock = ['WEEKDAY', 'HOUR_OF_DAY'] as const satisfies Dimension[]

type Counted = SeenLogin & { batch: number }

export type CountQuestion = RecountQuestion & {
  bucket: Bucket | null
  isByClock: boolean
  compareTo: string
  /** Arguments that ask for counts of the past, and which batches count then; empty: for those of now. */
  past: { text: string; holds: (login: Counted) => boolean }
  /** The version that others are older than; null: the newest release. */
  olderThan: string | null
  /** Which device types the filter lets through. */
  isOfTypes: (login: SeenLogin) => boolean
}

type Condition = { name: Dimension; text: string; holds: (login: SeenLogin) => boolean }

export function randomCountQuestion(random: () => number): CountQuestion {
  const { some, pick, chance, below } = chooserOf(random)
  const isByClock = chance(0.25)
  const names = some(
    dimensions.map(({ name }) => name),
    isByClock ? 0.1 : 0.25,
  )
  const groupBy: Dimension[] = isByClock ? [...names, ...atLeastOne(some(clock, 0.6), pick(clock))] : names
  // The clock of an answer has 20,000 hours.
  const length = pick(isByClock ? (['HOUR', 'DAY'] as const) : (Object.keys(lengths) as Bucket[]))
  const past = chance(0.3) ? pick(pasts) : now
  const conditions = dimensions.flatMap((dimension) =>
    chance(0.25) ? [randomCondition(dimension, random)] : [],
  )
  return {
    range: randomRange(length, below),
    timeZone: pick([...ZONES, 'UTC', 'Europe/Berlin']),
    bucket: chance(0.8) ? length : null,
    ...{ groupBy, isByClock, within: some(groupBy, 0.5), past },
    order: chance(0.4) ? null : { measure: pick(orders), direction: pick(['ASC', 'DESC']) },
    ...(chance(0.3) ? { having: { measure: pick(orders), atLeast: pick([0.2, 1, 3]) } } : {}),
    first: groupBy.length < 2 && chance(0.3) ? Infinity : 1 + below(6),
    attempts: pick(['ALL', 'LOGINS', 'FAILURES']),
    // Of a year before no minutes are kept.
    compareTo: pick(length === 'MINUTE' ? comparisons.slice(0, -1) : comparisons),
    olderThan: past === now && chance(0.5) ? null : pick(['2.3.0', '2.2.0']),
    filter: {
      text: conditions.map(({ text }) => text).join(', '),
      holds: (login) => conditions.every(({ holds }) => holds(login)),
    },
    isOfTypes: (login) => conditions.every(({ name, holds }) => name !== 'DEVICE_TYPE' || holds(login)),
  }
}

const comparisons = [
  ...['[]', '[{ span: PREVIOUS }]', '[{ daysBefore: 1 }]', '[{ daysBefore: 3 }, { span: YEAR_BEFORE }]'],
]
const orders = ['ATTEMPTS', 'LOGINS', 'FAILURES', 'FAILURE_RATE'] as const
const now: CountQuestion['past'] = { text: '', holds: () => true }
const pasts: CountQuestion['past'][] = [
  { text: `asOf: "${writtenAt(4)}"`, holds: ({ batch }) => batch <= 4 },
  { text: 'asOfBatchId: 6', holds: ({ batch }) => batch <= 6 },
  { text: `since: "${writtenAt(3)}"`, holds: ({ batch }) => batch > 3 },
  {
    text: `since: "${writtenAt(3)}", asOf: "${writtenAt(7)}"`,
    holds: ({ batch }) => batch > 3 && batch <= 7,
  },
]

/** A range of up to 30 buckets; of minutes only where they are kept. */
function randomRange(length: Bucket, below: (count: number) => number) {
  const isOfMinutes = length === 'MINUTE'
  const [earliest, grain] = isOfMinutes
    ? [MINUTES_FROM_MS + 3 * DAY_MS, 60_000]
    : [Date.parse(RANGE.from), 900_000]
  const fromMs = Math.floor((earliest + below(NOW_MS - earliest)) / grain) * grain
  return { fromMs, toMs: fromMs + Math.ceil(((1 + below(30)) * lengths[length]) / grain) * grain }
}

function randomCondition(
  { name, field, values }: (typeof dimensions)[number],
  random: () => number,
): Condition {
  const { some, pick, chance } = chooserOf(random)
  const chosen: readonly string[] = some<string>(values, 0.6)
  // Closed lists and locales are taken in any case.
  const list = JSON.stringify(chosen.map((value) => (chance(0.3) ? value.toLowerCase() : value)))
  const listed = (login: SeenLogin) => chosen.includes(valueOf(name, login, 'UTC'))
  const conditions = [
    { text: `in: ${list}`, holds: listed },
    { text: `notIn: ${list}`, holds: (login: SeenLogin) => !listed(login) },
    ...(name === 'APP_VERSION'
      ? [
          { text: 'range: ">=2.2 <3"', holds: ({ appVersion }: SeenLogin) => appVersion >= '2.2' },
          { text: 'startsWith: "2.1"', holds: ({ appVersion }: SeenLogin) => appVersion === '2.1.0' },
        ]
      : []),
  ]
  const { text, holds } = pick(conditions)
  return { name, text: `${field}: { ${text} }`, holds }
}

function chooserOf(random: () => number) {
  const below = (count: number) => Math.floor(random() * count)
  return {
    below,
    chance: (share: number) => random() < share,
    pick: <T>(list: readonly T[]): T => list[below(list.length)] as T,
    some: <T>(list: readonly T[], share: number): T[] => list.filter(() => random() < share),
  }
}

const atLeastOne = <T>(list: T[], one: T): T[] => (list.length === 0 ? [one] : list)
