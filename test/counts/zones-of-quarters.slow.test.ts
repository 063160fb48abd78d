import { expect, test } from 'vitest'
import { rollUpMonth } from '../../db/rollups/roll-up-months.ts'
import { rollUpByCommitTime } from '../../db/rollups/roll-up-by-commit-time.ts'
import { MINUTES_FROM_MS, RANGE, useCountedLogins, writtenAt, ZONES } from '../support/api/counted-logins.ts'
import { ownFolder } from '../support/parts/own-folder.ts'
import { openRawEvents } from '../support/truth/raw-events.ts'
import { attemptsBy, failuresBy, outdated, topLocales } from '../support/truth/truth-counts.ts'
import { measuresByClock, seenBy, talliesBy } from '../support/truth/truth-measures.ts'
import {
  answerTo,
  at,
  isoOf,
  line,
  type TruthQuestion,
  wrongAnswers,
} from '../support/truth/truth-question.ts'

/** As many hours as one answer has of pairs of values; clocks change in it. */
const HALF = { from: '2025-07-20T18:15:00Z', to: '2026-02-25T12:00:00Z' }

const { sql: openSql, refusal, graphql, rawEvents, endOldMinutes, rollUpBefore } = useCountedLogins(22)

/** Attempts of each point of a question, but for those without any. */
const attemptsOf =
  (args: string): TruthQuestion['api'] =>
  async (ask) => {
    const { points } = await answerTo<{ points: { start: string; attempts: number }[] }>(
      ask,
      `{ measures(${args}) { points { start attempts } } }`,
    )
    return points.flatMap(({ start, attempts }) => (attempts === 0 ? [] : [line(at(start), attempts)]))
  }

/** Days of Kolkata as they stood after five batches, and what was written since. */
function pastOfKolkata(): TruthQuestion[] {
  const days = `from: "${RANGE.from}", to: "${RANGE.to}", bucket: DAY, timeZone: "Asia/Kolkata"`
  const question = (past: string, where: string): TruthQuestion => ({
    name: `attempts by day of Kolkata, ${past}`,
    api: attemptsOf(`${days}, ${past}`),
    raw: `
      select concat_ws(' | ', strftime(greatest(start, timestamptz '${RANGE.from}'), '%Y-%m-%d %H:%M:%S'), attempts)
      from (select date_trunc('day', event_at at time zone 'Asia/Kolkata') at time zone 'Asia/Kolkata' as start, count(*) as attempts
            from login where ${where} group by 1) as counts`,
  })
  const moment = writtenAt(4)
  return [
    question(`asOf: "${moment}"`, 'early'),
    question('asOfBatchId: 4', 'early'),
    question(`since: "${moment}"`, 'not early'),
  ]
}

/** Twelve months of the zone, of which nothing is said. */
const defaultMonths = (zone: string): TruthQuestion => ({
  name: `twelve months of ${zone}`,
  api: attemptsOf(`bucket: MONTH, timeZone: "${zone}"`),
  raw: `
    select concat_ws(' | ', strftime(start, '%Y-%m-%d %H:%M:%S'), attempts)
    from (select date_trunc('month', event_at at time zone '${zone}') at time zone '${zone}' as start, count(*) as attempts
          from login group by 1) as counts
    order by start desc limit 12`,
})

const questions = [
  ...ZONES.map((zone) => attemptsBy(zone, 'month', 'app_version', RANGE)),
  ...ZONES.map((zone) => attemptsBy(zone, 'week', 'locale', RANGE)),
  ...ZONES.map((zone) => attemptsBy(zone, 'day', 'device_type', RANGE)),
  // Where clocks change within an hour, a new one starts in the calendar, and none in the other engine.
  ...ZONES.slice(0, -2).map((zone) => attemptsBy(zone, 'hour', 'outcome', RANGE)),
  ...ZONES.map((zone) => failuresBy(zone, 'day', ['locale'], RANGE)),
  ...ZONES.map((zone) => failuresBy(zone, 'month', ['app_version', 'locale'], RANGE)),
  failuresBy('UTC', 'month', ['app_version', 'locale'], RANGE),
  ...ZONES.map((zone) => failuresBy(zone, 'week', ['device_type', 'locale'], RANGE)),
  ...ZONES.slice(0, -2).map((zone) => failuresBy(zone, 'hour', ['device_type', 'app_version'], HALF)),
  ...ZONES.map(defaultMonths),
  ...ZONES.map((zone) => talliesBy(zone, 'month', 'app_version', RANGE)),
  ...ZONES.map((zone) => talliesBy(zone, 'quarter', 'device_type', RANGE)),
  ...ZONES.map((zone) => talliesBy(zone, 'day', 'locale', RANGE)),
  ...ZONES.map((zone) => measuresByClock(zone, RANGE)),
  ...pastOfKolkata(),
  topLocales({ from: '2025-06-30T18:30:00Z', to: '2025-10-15T12:45:00Z' }, 'DESC'),
  outdated({ from: '2025-06-30T18:30:00Z', to: '2025-10-15T12:45:00Z' }, '2.3.0'),
]

test('zones of quarter hours are answered as the raw events have it, whether minutes are kept or not, rolled up or not', async () => {
  const sql = openSql()
  const raw = await openRawEvents(rawEvents, ownFolder())
  const wrong = (asked: TruthQuestion[], minutesFromMs = MINUTES_FROM_MS) =>
    wrongAnswers(graphql, raw, [
      ...asked,
      ...['ALL', 'LOGINS', 'FAILURES'].map((kind) => seenBy(kind, 'locale', RANGE, minutesFromMs)),
    ])
  await rollUpBefore(5)
  // While minutes are kept, these zones are as any other: truth.test.ts asks for those.
  expect(
    await wrong(
      questions.filter((_, i) => i % 3 === 0),
      0,
    ),
  ).toEqual([])
  await endOldMinutes()
  const [held] = await sql`
    select (select min(hour) from minute_count) >= ${isoOf(MINUTES_FROM_MS)}::text::timestamptz as minutes,
           (select max(day) from quarter_count) < ${isoOf(MINUTES_FROM_MS)}::text::timestamptz as quarters`
  expect(held).toEqual({ minutes: true, quarters: true })
  expect(await wrong(questions)).toEqual([])
  // Older than the minutes that are kept, most of them.
  await rollUpBefore(8)
  while (await rollUpByCommitTime(sql));
  while (await rollUpMonth(sql));
  expect(await wrong(questions)).toEqual([])

  // That quarters are what is read.
  await sql`update quarter_count set q73 = coalesce(q73, 0) + 1 where day = '2025-07-01Z' and dimension_set in (0, 1)`
  const days = attemptsBy('Asia/Kolkata', 'day', 'device_type', RANGE)
  expect(await wrongAnswers(graphql, raw, [days])).not.toEqual([])
})

test('single minutes are refused where they are not kept, with advice that can be followed', async () => {
  await endOldMinutes()
  const old = 'from: "2025-07-01T18:10Z", to: "2025-07-01T18:20Z"'
  expect(await refusal(`{ measures(${old}, bucket: MINUTE) { total { attempts } } }`)).toMatchObject({
    ...{ code: 'DATA_GONE', keptFrom: '2026-02-20T00:00:00.000Z' },
    message: expect.stringMatching(/kept since 2026-02-20.*:00, :15, :30 or :45 of UTC/) as unknown,
  })
  await graphql(
    '{ measures(from: "2025-07-01T18:00Z", to: "2025-07-01T18:30Z", bucket: DAY) { total { attempts } } }',
  )
  expect(
    await refusal('{ lineage(from: "2025-07-01T18:10Z", to: "2025-07-01T18:11Z") { attempts } }'),
  ).toMatchObject({
    code: 'DATA_GONE',
  })
  // Up to the running minute: only the range before it, which is not selected, would begin within a quarter.
  await graphql(
    '{ measures(from: "2025-07-01T18:15Z", compareTo: [{ span: PREVIOUS }]) { total { attempts } } }',
  )
  // Deltas have every minute, for ever.
  await graphql(`{ measures(${old}, bucket: MINUTE, since: "2025-01-01T00:00Z") { total { attempts } } }`)
})
