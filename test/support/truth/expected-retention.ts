import type { SeenLogin } from '../api/logins-by-day.ts'

const DAY_MS = 86_400_000
const QUARTER_MS = 900_000

export type RetentionQuestion = {
  timeZone: string
  bucket: 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR'
  /** 1 is Monday. */
  weekStart: number
  /** The first dates of the first bucket and of the one after the last. */
  from: string
  to: string
}

/** What else an answer depends on. */
export type RetentionWorld = {
  logins: readonly SeenLogin[]
  counts: (login: SeenLogin) => boolean
  /** What cohorts are divided by; null: nothing. */
  valueOf: ((login: SeenLogin) => string) | null
  /** The values in the order of answers. */
  values: readonly string[]
  /** From when on lists by hour are kept, and the moment of the question. */
  listsFromMs: number
  nowMs: number
}

type Span = { start: number; end: number; dates: [number, number]; basis: 'TIME_ZONE' | 'UTC_DAYS' }

/** The cohorts of an answer, recounted from the logins one by one. Of the product it shares nothing. */
export function expectedCohorts(question: RetentionQuestion, world: RetentionWorld) {
  const spans = spansOf(question, world)
  const counted = world.logins.filter(world.counts)
  const byUser = Map.groupBy(counted, ({ userId }) => userId)
  const users = Array.from(byUser.values(), (logins) => ({
    logins,
    firstMs: Math.min(...logins.map(({ eventTimeMs }) => eventTimeMs)),
  }))
  const values = world.valueOf === null ? [null] : world.values
  return spans.flatMap((span, place) => {
    const members = users.filter(({ firstMs }) => isIn(firstMs, span)).map(({ logins }) => logins)
    return values.flatMap((value) => {
      const some = members.filter((logins) => value === null || valuesOfFirstDay(logins, world).has(value))
      if (some.length === 0) return []
      const points = spans.slice(place).map((later, index) => {
        const users = some.filter((logins) =>
          logins.some(({ eventTimeMs }) => isIn(eventTimeMs, later)),
        ).length
        return { ...edges(later), index, users, share: users / some.length }
      })
      return [{ ...edges(span), values: value === null ? [] : [value], users: some.length, points }]
    })
  })
}

/** Whether some span is of days of UTC in place of those of its zone. */
export const hasUtcDays = (question: RetentionQuestion, world: RetentionWorld): boolean =>
  spansOf(question, world).some(({ basis }) => basis === 'UTC_DAYS')

const edges = ({ start, end, basis }: Span) => ({
  start: isoOf(start),
  end: isoOf(end),
  setBasis: basis,
})

const isoOf = (ms: number) => new Date(ms).toISOString()

const utcDay = (ms: number) => Math.floor(ms / DAY_MS)

const isIn = (ms: number, { start, end, dates, basis }: Span): boolean =>
  basis === 'TIME_ZONE' ? ms >= start && ms < end : utcDay(ms) >= dates[0] && utcDay(ms) < dates[1]

function valuesOfFirstDay(logins: readonly SeenLogin[], { valueOf }: RetentionWorld): Set<string> {
  const day = Math.min(...logins.map(({ eventTimeMs }) => utcDay(eventTimeMs)))
  const ofDay = logins.filter(({ eventTimeMs }) => utcDay(eventTimeMs) === day)
  return new Set(ofDay.map((login) => valueOf?.(login) ?? ''))
}

function spansOf(question: RetentionQuestion, { listsFromMs, nowMs }: RetentionWorld): Span[] {
  const startOf = firstMoments(question.timeZone)
  const spanFrom = (from: number): Span => {
    const dates: [number, number] = [from, nextDate(question, from)]
    const [start, end] = dates.map(startOf) as [number, number]
    const isListed = [start, end].every((ms) => ms % DAY_MS === 0 || utcDay(ms) * DAY_MS >= listsFromMs)
    return { start, end, dates, basis: isListed ? 'TIME_ZONE' : 'UTC_DAYS' }
  }
  const spans: Span[] = []
  const [first, last] = [question.from, question.to].map((date) => Date.parse(date) / DAY_MS) as [
    number,
    number,
  ]
  for (let from = first; from < last; from = nextDate(question, from)) spans.push(spanFrom(from))
  return spans.filter(({ start }) => start <= nowMs)
}

/** The first date of the next bucket, in days since 1970-01-01. */
function nextDate({ bucket, weekStart }: RetentionQuestion, date: number): number {
  if (bucket === 'DAY') return date + 1
  const day = new Date(date * DAY_MS)
  if (bucket === 'WEEK') return date + 7 - ((day.getUTCDay() - weekStart + 7) % 7)
  const months = { MONTH: 1, QUARTER: 3, YEAR: 12 }[bucket]
  const month = day.getUTCMonth()
  return Date.UTC(day.getUTCFullYear(), month - (month % months) + months) / DAY_MS
}

/** First quarters of an hour that were found, by zone and date: the same ones are asked for again and again. */
const foundMoments = new Map<string, number>()

/** Returns a function that finds the first quarter of an hour of a date in a zone, by what Intl says of each. */
function firstMoments(timeZone: string): (date: number) => number {
  const format = new Intl.DateTimeFormat('sv', { timeZone })
  const find = (date: number) => {
    for (let ms = (date - 1) * DAY_MS; ; ms += QUARTER_MS)
      if (Date.parse(format.format(ms)) / DAY_MS >= date) return ms
  }
  return (date) => {
    const key = `${timeZone} ${date}`
    const found = foundMoments.get(key) ?? find(date)
    foundMoments.set(key, found)
    return found
  }
}
