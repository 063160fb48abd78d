import { expect, it } from 'vitest'
import { insertBatches, insertCounts } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

const { ask } = useApi(async (sql) => {
  await insertCounts(sql, [['2026-03-01T10:15:00Z', 'android', '2.0', 'NY', 36]])
  await insertBatches(sql, [{ id: 1, from: 0, to: 1_000, committedAt: '2026-03-01T12:00:00Z' }])
})

/** From the first to the last that a DateTime can be, and where clocks and counts begin. */
const moments = [
  ...['0001-01-01T00:00:00Z', '0050-01-01T00:00:00Z', '1969-12-01T00:00:00Z', '1970-01-01T00:00:00Z'],
  ...['1972-01-07T00:00:00Z', '2026-03-01T00:00:00Z', '9999-12-01T00:00:00Z', '9999-12-31T00:00:00Z'],
  '9999-12-31T23:59:59.999Z',
]
const pairs = moments.flatMap((from) => moments.map((to) => ({ from, to })))

const named = '__typename ... on Error { message }'
const arrive = '... on Arrivals { points { start end } }'
const range = (from: string, to: string) => `from: "${from}", to: "${to}"`

const ofRanges: Record<string, (args: string) => string> = {
  ...Object.fromEntries(
    ['MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH'].map((bucket) => [
      `loginCounts by ${bucket}`,
      (args: string) =>
        `loginCounts(${args}, bucket: ${bucket}, previous: true, timeZone: "Africa/Monrovia") { ${named}
           ... on LoginCounts { from to previousFrom series { total previousTotal counts } } }`,
    ]),
  ),
  countChanges: (args) =>
    `countChanges(${args}, bucket: MONTH, since: "2026-01-01T00:00:00Z") { ${named} ... on LoginCounts { from } }`,
  'counts as of': (args) =>
    `loginCounts(${args}, bucket: MONTH, asOf: "2026-01-01T00:00:00Z") { ${named} ... on LoginCounts { from } }`,
  topValues: (args) =>
    `topValues(${args}, dimension: LOCALE) { ${named} ... on TopValues { from to totalLogins } }`,
  uniques: (args) =>
    `uniques(${args}) { ${named} ... on Uniques { from to users { count } devices { count } } }`,
  loginHeatmap: (args) =>
    `loginHeatmap(${args}, timeZone: "+23:59") { ${named} ... on LoginHeatmap { from to cells { mean } } }`,
  versionAdoption: (args) =>
    `versionAdoption(${args}, bucket: WEEK) { ${named} ... on VersionAdoption { points { start end newest } } }`,
  arrivals: (args) => `arrivals(${args}, bucket: WEEK) { ${named} ${arrive} }`,
  ...Object.fromEntries(
    ['DAY', 'WEEK', 'MONTH'].map((period) => [
      `activeUsers by ${period}`,
      (args: string) =>
        `activeUsers(${args}, period: ${period}) { ${named} ... on ActiveUsers { points { start } } }`,
    ]),
  ),
}

const lists: Record<string, (span: string) => string> = {
  logins: (span) =>
    `logins(filter: { event: ${span} }) { ${named} ... on LoginConnection { edges { cursor } } }`,
  'logins of values': (span) =>
    `logins(filter: { event: ${span}, dimensions: { locales: ["NY"] } }) { ${named} ... on LoginConnection { edges { cursor } } }`,
  'logins from the end': (span) =>
    `logins(last: 5, filter: { event: ${span} }) { ${named} ... on LoginConnection { edges { cursor } } }`,
  batches: (span) =>
    `batches(filter: { committed: ${span} }) { ${named} ... on BatchConnection { edges { cursor } } }`,
  insights: (span) =>
    `insights(filter: { written: ${span} }) { ${named} ... on InsightConnection { edges { cursor } } }`,
  rejectedLogins: (span) =>
    `rejectedLogins(filter: { rejected: ${span} }) { ${named} ... on RejectedLoginConnection { edges { cursor } } }`,
  controlEvents: (span) =>
    `controlEvents(filter: { requested: ${span} }) { ${named} ... on ControlEventConnection { edges { cursor } } }`,
  alerts: (span) =>
    `alerts(filter: { raised: ${span} }) { ${named} ... on AlertConnection { edges { cursor } } }`,
  reconciliation: (span) => `reconciliation(committed: ${span}) { ${named} }`,
}

const ofMoments: Record<string, (moment: string) => string> = {
  ...Object.fromEntries(
    ['MINUTE', 'HOUR', 'DAY'].map((size) => [
      `lineage of a ${size}`,
      (moment: string) =>
        `lineage(bucket: "${moment}", size: ${size}) { ${named} ... on Lineage { from to } }`,
    ]),
  ),
  stickiness: (moment) =>
    `stickiness(day: "${moment}") { ${named} ... on Stickiness { dailyActive monthlyActive stickiness } }`,
  ...Object.fromEntries(
    ['DAY', 'WEEK', 'MONTH'].map((period) => [
      `cohortRetention by ${period}`,
      (moment: string) =>
        `cohortRetention(from: "${moment}", period: ${period}, periods: 20) { ${named} ... on CohortRetention { cohorts { start } } }`,
    ]),
  ),
}

/** Answers that are errors of no kind that a client is told about. */
async function failures(questions: string[]): Promise<string[]> {
  const failed: string[] = []
  for (const question of questions) {
    const { errors } = await ask(`{ ${question} }`)
    if (errors !== undefined) failed.push(`${errors[0]?.message}: ${question}`)
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
