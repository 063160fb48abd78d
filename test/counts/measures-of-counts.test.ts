import { expect, test } from 'vitest'
import { rollUpByCommitTime } from '../../db/rollups/roll-up-by-commit-time.ts'
import { rollUpMonth } from '../../db/rollups/roll-up-months.ts'
import { randomOf } from '../../domain/time/calendar-fixture.ts'
import { bucketMs, floorTo, type TimeBucket } from '../../domain/time/bucket.ts'
import { NOW_MS } from '../support/api/api-fixture.ts'
import { MINUTES_FROM_MS, useCountedLogins } from '../support/api/counted-logins.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import { isThorough, seed } from '../support/seed.ts'
import { type CountQuestion, randomCountQuestion } from '../support/truth/count-questions.ts'
import { type AnswerSpans, argumentsOf, recountAnswer, selectionOf } from '../support/truth/recount-answer.ts'
import { clockAt, recount, valueOf } from '../support/truth/recount-attempts.ts'

const QUESTIONS = isThorough ? 50 : 12

const { graphql, logins, endOldMinutes, rollUpBefore, sql } = useCountedLogins(seed)

const QUARTER_MS = 900_000
const DAY_MS = bucketMs.day

/** From when on minutes are kept; before it quarters of an hour are. */
let minutesFromMs = 0

const minutesOver = ({ fromMs, toMs }: TimeBucket) => Math.max(0, Math.min(toMs, NOW_MS) - fromMs) / 60_000

const clocks = new Map<string, Map<string, number>>()

/** For how many minutes of a span, until now, the clock showed each weekday and hour. */
function minutesByClock(timeZone: string, { fromMs, toMs }: TimeBucket): Map<string, number> {
  const key = `${timeZone} ${fromMs} ${toMs}`
  const known = clocks.get(key)
  if (known !== undefined) return known
  const minutes = new Map<string, number>()
  // Clocks change on quarters of an hour.
  for (let ms = fromMs; ms < Math.min(toMs, NOW_MS); ms = floorTo(ms, QUARTER_MS) + QUARTER_MS) {
    const { weekday, hour } = clockAt(timeZone, ms)
    const end = Math.min(toMs, floorTo(ms, QUARTER_MS) + QUARTER_MS)
    const shown = `${weekday} ${hour}`
    minutes.set(shown, (minutes.get(shown) ?? 0) + minutesOver({ fromMs: ms, toMs: end }))
  }
  clocks.set(key, minutes)
  return minutes
}

/** Minutes of a span that are over; of a group by the clock those in which it shows the values. */
function minutesOf(
  { timeZone, groupBy, isByClock }: CountQuestion,
  span: TimeBucket,
  values: readonly string[] | null,
) {
  if (values === null || !isByClock) return minutesOver(span)
  const [weekday, hour] = (['WEEKDAY', 'HOUR_OF_DAY'] as const).map((name) => values[groupBy.indexOf(name)])
  const shown = [...minutesByClock(timeZone, span)].filter(([clock]) => {
    const [day, ofDay] = clock.split(' ')
    return (weekday === undefined || weekday === day) && (hour === undefined || hour === ofDay)
  })
  return shown.reduce((sum, [, minutes]) => sum + minutes, 0)
}

/** The highest version that counts as released at the end of a span, by the rule of docs/analytics.md. */
function newestAt({ toMs }: TimeBucket, ofTypes: readonly SeenLogin[]): string | null {
  const endMs = Math.min(toMs, floorTo(NOW_MS, bucketMs.minute) + bucketMs.minute)
  const lastDay = Math.ceil(endMs / DAY_MS)
  const recent = ofTypes.filter(({ eventTimeMs }) => {
    const day = Math.floor(eventTimeMs / DAY_MS)
    return day < lastDay && day >= lastDay - 90
  })
  const released = [
    ...Map.groupBy(recent, ({ eventTimeMs }) => Math.floor(eventTimeMs / DAY_MS)).values(),
  ].flatMap((day) =>
    [...Map.groupBy(day, ({ appVersion }) => appVersion)].flatMap(([version, { length }]) => {
      const part = length / day.length
      return part >= 0.01 && (length >= 3 || (length >= 2 && part >= 0.1) || part >= 0.5) ? [version] : []
    }),
  )
  return released.sort().at(-1) ?? null
}

/** The fields of each span, and how they are counted one by one. */
function countingOf(question: CountQuestion, counted: readonly SeenLogin[]) {
  const { attempts, groupBy, timeZone, olderThan, isByClock, past, isOfTypes } = question
  const place = groupBy.indexOf('DEVICE_TYPE')
  const newest = (span: TimeBucket, values: readonly string[] | null) =>
    newestAt(
      span,
      counted.filter((login) =>
        values === null || place < 0
          ? isOfTypes(login)
          : valueOf('DEVICE_TYPE', login, timeZone) === values[place],
      ),
    )
  const [isSeen, isReleased] = [past.text === '' && !isByClock, past.text === '']
  const floored = (seen: string | null) => {
    const ms = Date.parse(seen ?? '')
    return seen === null || ms >= minutesFromMs ? seen : new Date(floorTo(ms, QUARTER_MS)).toISOString()
  }
  const fields = [
    ...['attempts logins failures failureRate elapsedMinutes', isSeen ? 'firstSeenAt lastSeenAt' : ''],
    ...[
      isReleased ? 'newestRelease' : '',
      `outdatedLogins${olderThan === null ? '' : `(olderThan: "${olderThan}")`}`,
    ],
  ].join(' ')
  const count = (some: readonly SeenLogin[], span: TimeBucket, values: readonly string[] | null) => {
    const {
      attempts: all,
      logins: ok,
      failures,
      failureRate,
      firstSeenAt,
      lastSeenAt,
    } = recount(some, attempts)
    const release = isReleased ? newest(span, values) : null
    const than = olderThan ?? release
    return {
      ...{
        attempts: all,
        logins: ok,
        failures,
        failureRate,
        elapsedMinutes: minutesOf(question, span, values),
      },
      ...(isSeen ? { firstSeenAt: floored(firstSeenAt), lastSeenAt: floored(lastSeenAt) } : {}),
      ...(isReleased ? { newestRelease: release } : {}),
      outdatedLogins: some.filter(
        ({ outcome, appVersion }) => outcome !== 'failure' && than !== null && appVersion < than,
      ).length,
    }
  }
  return { fields, count }
}

async function compare(question: CountQuestion): Promise<void> {
  const counted = logins.filter(question.past.holds)
  const { fields, count } = countingOf(question, counted)
  const { bucket, compareTo, past } = question
  const args = `${argumentsOf(question)}, compareTo: ${compareTo} ${bucket === null ? '' : `, bucket: ${bucket}`} ${past.text}`
  const text = `{ measures(${args}) { ${selectionOf(question, 'attempts', fields)} } }`
  const answer = (await graphql(text))['measures'] as AnswerSpans
  expect(answer, text).toEqual(recountAnswer(counted, question, answer, { count, shared: 'attempts' }))
}

test(
  `measures answers every number as the attempts have it, one by one, rolled up or not, now or of the past (seed ${seed})`,
  { timeout: 600_000 },
  async () => {
    const random = randomOf(seed)
    const askMany = async () => {
      for (let i = 0; i < QUESTIONS; i++) await compare(randomCountQuestion(random))
    }
    await rollUpBefore(5)
    await askMany()
    await endOldMinutes()
    minutesFromMs = MINUTES_FROM_MS
    await rollUpBefore(8)
    while (await rollUpByCommitTime(sql()));
    while (await rollUpMonth(sql()));
    await askMany()
  },
)
