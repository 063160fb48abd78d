import { expect, test } from 'vitest'
import { DAY_MS } from '../../domain/time/period.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import {
  dateIn,
  groupOf,
  type Kind,
  kinds,
  type Question,
  today,
  usePeople,
  within,
} from '../support/api/people-questions.ts'
import { LISTED_DAYS, listLogins, makeSpans, rollUpPeople, writeLogins } from '../support/api/people-world.ts'
import { isoOf } from '../support/truth/truth-question.ts'
import { isThorough, seed } from '../support/seed.ts'

const QUESTIONS = isThorough ? 20 : 5
const { sql, ask, logins, randomQuestion } = usePeople(seed)

type Measured = Record<Kind, number> & { start: string; end: string; setBasis: string; compared?: Measured[] }
type Charted = Measured & { values?: string[]; points: Measured[]; share: number | null }
type Answer = { total: Charted; groups: Charted[]; other: (Charted & { groupCount: number }) | null }

/** @param ofGroup the logins of the group, in the order of their time */
function expected(
  { zone, asked }: Question,
  { start, end, setBasis }: Measured,
  ofGroup: readonly SeenLogin[],
) {
  const [fromMs = 0, toMs = 0] = [start, end].map((iso) =>
    setBasis === 'UTC_DAYS' ? dateIn(zone, iso) : Date.parse(iso),
  )
  const seen = within(ofGroup, fromMs, toMs)
  return asked.map((kind) => new Set(seen.map((login) => login[kinds[kind]])).size)
}

function check(question: Question, charted: Charted, ofGroup: readonly SeenLogin[]): number {
  const spans = [
    charted,
    ...(charted.compared ?? []),
    ...charted.points.flatMap((point) => [point, ...(point.compared ?? [])]),
  ]
  for (const span of spans)
    expect(
      question.asked.map((kind) => span[kind]),
      `${question.args}: ${span.start} to ${span.end} by ${span.setBasis}`,
    ).toEqual(expected(question, span, ofGroup))
  return spans.length
}

/** Asks a random question and compares every number with the logins. @returns how many spans were compared; null: it was refused */
async function askOne(): Promise<number | null> {
  const question = randomQuestion()
  const { fields } = question
  const of = `measures(${question.args})`
  const points = `points { ${fields} }`
  // One after the other: a request with both would be too complex.
  const all =
    await ask(`{ ${of} { total { ${fields} compared { ${fields} } points { ${fields} compared { ${fields} } } series(measure: USERS) }
    other { groupCount ${fields} ${points} } } }`)
  const each = await ask(
    `{ ${of} { groups { values ${fields} compared { ${fields} } ${points} series(measure: USERS) share(measure: USERS) } } }`,
  )
  const errors = all.errors ?? each.errors
  if (errors !== undefined) {
    const [code] = errors.map(({ extensions }) => (extensions as { code: string }).code)
    expect(['DATA_GONE', 'ANSWER_TOO_LARGE'], `${question.args}: ${errors[0]?.message}`).toContain(code)
    return null
  }
  const { total, other } = all.data?.['measures'] as Answer
  const { groups } = each.data?.['measures'] as Answer
  const { counted, groupBy } = question
  const listed = new Set(groups.map(({ values }) => values?.join()))
  const ofGroups = Map.groupBy(counted, (login) => groupOf(groupBy, login))
  let spans = check(question, total, counted)
  for (const group of groups) spans += check(question, group, ofGroups.get(group.values?.join() ?? '') ?? [])
  if (other !== null)
    spans += check(
      question,
      other,
      counted.filter((login) => !listed.has(groupOf(groupBy, login))),
    )
  for (const charted of [total, ...groups])
    expect((charted as unknown as { series: number[] }).series, question.args).toEqual(
      charted.points.map(({ users }) => users),
    )
  for (const { users, share } of groups)
    expect(share, question.args).toBe(total.users === 0 ? null : users / total.users)
  return spans
}

async function askMany(): Promise<void> {
  const spans: (number | null)[] = []
  for (let i = 0; i < QUESTIONS; i++) spans.push(await askOne())
  expect(spans.filter((compared) => compared === null).length).toBeLessThan(0.9 * QUESTIONS)
  expect(spans.reduce((sum: number, compared) => sum + (compared ?? 0), 0)).toBeGreaterThan(5 * QUESTIONS)
}

test(
  `people of any span, zone, filter and group are those of the logins, listed or not, made or not (seed ${seed})`,
  { timeout: 600_000 },
  async () => {
    const half = logins.length / 2
    const next = await writeLogins(sql(), 1, logins.slice(0, half))
    await listLogins(sql())
    await makeSpans(sql())
    await writeLogins(sql(), next, logins.slice(half))
    await rollUpPeople(sql())
    await askMany()
    await listLogins(sql())
    await askMany()
    await makeSpans(sql())
    const [made] = await sql()<{ spans: number }[]>`select count(*)::integer as spans from active_span`
    expect(made?.spans).toBeGreaterThan(500)
    expect((await sql()`select from listed_day`).length).toBeGreaterThan(0)
    await askMany()
  },
)

test('made spans are read only while they say all that the lists do', { timeout: 120_000 }, async () => {
  const day = today - 12
  const users = async () => {
    const { data } = await ask(
      `{ measures(from: "${isoOf(day * DAY_MS).slice(0, 10)}", to: "${isoOf((day + 1) * DAY_MS).slice(0, 10)}", timeZone: "Asia/Kathmandu") { total { users } } }`,
    )
    return (data?.['measures'] as Answer).total.users
  }
  const right = await users()
  await sql()`update active_span set active = array_fill(1000000, array[96])`
  expect(await users()).toBe(1_000_000)
  // A day that it touches has changed since.
  await sql()`update span_day set changes = changes + 1 where day = date '1970-01-01' + ${day - 1}::integer`
  expect(await users()).toBe(right)
  await sql()`update span_day set changes = changes - 1 where day = date '1970-01-01' + ${day - 1}::integer`
  expect(await users()).toBe(1_000_000)
  // A batch of the day waits to be listed.
  const late = {
    ...logins[0],
    userId: 'late',
    outcome: 'success',
    eventTimeMs: (day + 0.5) * DAY_MS,
  } as SeenLogin
  await writeLogins(sql(), 1_000, [late])
  expect(await users()).toBe(right + 1)
})

test('groups are ordered by the users of the range alone: of what it is compared with, they may no longer be known', async () => {
  const [from, to] = [today - 12, today - 5].map((day) => isoOf(day * DAY_MS).slice(0, 10))
  const of = `measures(from: "${from}", to: "${to}", groupBy: [LOCALE, DEVICE_TYPE], orderBy: { measure: USERS }, first: 2,
    compareTo: [{ daysBefore: ${LISTED_DAYS + 10} }])`
  const compared = await ask(`{ ${of} { groups { compared { users } } } }`)
  expect(compared.errors?.[0]?.extensions).toMatchObject({ code: 'DATA_GONE' })
  const { data, errors } = await ask(`{ ${of} { groups { values compared { logins } } } }`)
  expect(errors).toBeUndefined()
  expect((data?.['measures'] as Answer).groups).toHaveLength(2)
})
