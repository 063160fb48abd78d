import { expect, it } from 'vitest'
import { insertBatches, insertCounts } from '../support/api/api-rows.ts'
import { refusalIn } from '../support/api/api-fixture.ts'
import { useApi } from '../support/api/use-api.ts'

const { ask } = useApi(async (sql) => {
  await insertCounts(sql, [['2026-03-01T10:15:00Z', 'android', '2.0', 'NY', 36]])
  await insertBatches(sql, [{ id: 1, from: 0, to: 1_000, committedAt: '2026-03-01T12:00:00Z' }])
})

/** From the first to the last that a Moment can be, and where clocks and counts begin. */
const times = [
  ...['0001-01-01T00:00:00Z', '0050-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '1972-01-07T00:00:00Z'],
  ...['2026-03-01T00:00:00Z', '9999-12-31T00:00:00Z', '9999-12-31T23:59:59.999Z'],
]
const dates = ['0001-01-01', '2026-03-01', '9999-12-31']
const moments = [...times, ...dates]
const pairsOf = (some: string[]) => some.flatMap((from) => some.map((to) => ({ from, to })))
/** Dates with dates, and with times where nothing else is like it: what they are made into is the same. */
const pairs = [
  ...pairsOf(times),
  ...pairsOf(dates),
  { from: '0001-01-01', to: '9999-12-31T23:59:59.999Z' },
  { from: '0050-01-01T00:00:00Z', to: '9999-12-31' },
]

const arrive = 'points { start end }'
const range = (from: string, to: string) => `from: "${from}", to: "${to}"`

const ofRanges: Record<string, (args: string) => string> = {
  ...Object.fromEntries(
    ['MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'].map((bucket) => [
      `measures by ${bucket}`,
      (args: string) =>
        `measures(${args}, bucket: ${bucket}, compareTo: [{ span: PREVIOUS }], timeZone: "Africa/Monrovia") {
           from to total { attempts series newestRelease compared { start attempts } } }`,
    ]),
  ),
  'measures since': (args) =>
    `measures(${args}, bucket: MONTH, since: "2026-01-01T00:00:00Z") { total { attempts } }`,
  'measures as of': (args) =>
    `measures(${args}, bucket: MONTH, asOf: "2026-01-01T00:00:00Z") { total { attempts } }`,
  'measures beside other spans': (args) =>
    `measures(${args}, groupBy: [LOCALE], compareTo: [{ span: PREVIOUS }, { span: YEAR_BEFORE }]) {
       groups { values attempts compared { attempts } } }`,
  'measures by the clock': (args) =>
    `measures(${args}, groupBy: [WEEKDAY, HOUR_OF_DAY], timeZone: "+23:59") { groups { values attempts elapsedMinutes } }`,
  people: (args) => `measures(${args}) { from to total { users devices trailingUsers stickiness } }`,
  attempts: (args) => `attempts(${args}) { edges { cursor } }`,
  'attempts of values': (args) =>
    `attempts(${args}, filter: { locale: { in: ["NY"] } }) { edges { cursor } }`,
  'attempts from the end': (args) =>
    `attempts(${args}, last: 5, timeZone: "Africa/Monrovia") { edges { cursor } }`,
  lineage: (args) => `lineage(${args}) { from to }`,
  arrivals: (args) => `arrivals(${args}, bucket: WEEK) { ${arrive} }`,
  ...Object.fromEntries(
    ['DAY', 'WEEK', 'MONTH'].map((bucket) => [
      `people by ${bucket}`,
      (args: string) => `measures(${args}, bucket: ${bucket}) { points { newUsers dormantUsers } }`,
    ]),
  ),
}

const lists: Record<string, (span: string) => string> = {
  batches: (span) => `batches(filter: { committedAt: ${span} }) { edges { cursor } }`,
  insights: (span) => `insights(filter: { writtenAt: ${span} }) { edges { cursor } }`,
  rejectedRecords: (span) => `rejectedRecords(filter: { rejectedAt: ${span} }) { edges { cursor } }`,
  controlEvents: (span) => `controlEvents(filter: { requestedAt: ${span} }) { edges { cursor } }`,
  discrepancies: (span) => `discrepancies(filter: { raisedAt: ${span} }) { edges { cursor } }`,
  reconciliation: (span) => `reconciliation(committedAt: ${span}) { isConsistent }`,
}

const ofMoments: Record<string, (moment: string) => string> = {
  'retention up to it': (moment) => `retention(to: "${moment}", bucket: DAY) { cohorts { start } }`,
  ...Object.fromEntries(
    ['DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'].map((bucket) => [
      `retention by ${bucket}`,
      (moment: string) =>
        `retention(from: "${moment.slice(0, 'yyyy-mm-dd'.length)}", bucket: ${bucket}, timeZone: "Asia/Kathmandu") {
           cohorts { start } }`,
    ]),
  ),
}

/** What an asker is told whose range no count can answer. */
const REASONS = ['INVALID_RANGE', 'ANSWER_TOO_LARGE', 'DATA_GONE']

/** Questions that fail without a reason that the asker can do something about. */
async function failures(questions: string[]): Promise<string[]> {
  const failed: string[] = []
  for (const question of questions) {
    const { errors } = await ask(`{ ${question} }`)
    const { code, message } = refusalIn(errors)
    if (errors !== undefined && !REASONS.includes(String(code))) failed.push(`${message}: ${question}`)
  }
  return failed
}

it.each(Object.keys(ofRanges))(
  '%s of any range of the years 1 to 9999 is answered, or refused with a reason',
  async (name) => {
    expect(await failures(pairs.map(({ from, to }) => ofRanges[name]?.(range(from, to)) ?? ''))).toEqual([])
    expect(
      await failures(
        moments.map((from) => ofRanges[name]?.(`from: "${from}", to: "2026-03-08T00:00:00Z"`) ?? ''),
      ),
    ).toEqual([])
  },
)

it.each(Object.keys(lists))(
  '%s of any span of the years 1 to 9999 are answered, or refused with a reason',
  async (name) => {
    const spans = [
      ...pairs.map(({ from, to }) => `{ ${range(from, to)} }`),
      ...moments.flatMap((moment) => [`{ from: "${moment}" }`, `{ to: "${moment}" }`]),
    ]
    expect(await failures(spans.map((span) => lists[name]?.(span) ?? ''))).toEqual([])
  },
)

it.each(Object.keys(ofMoments))(
  '%s at any moment of the years 1 to 9999 is answered, or refused with a reason',
  async (name) => {
    expect(await failures(moments.map((moment) => ofMoments[name]?.(moment) ?? ''))).toEqual([])
  },
)
