import { expect, test } from 'vitest'
import { NOW_MS } from '../support/api/api-fixture.ts'
import { insertBatches, insertCounts } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

const agoIso = (hours: number) => new Date(NOW_MS - hours * 3_600_000).toISOString()

const {
  sql: database,
  field,
  ask,
} = useApi((sql) =>
  insertBatches(sql, [
    { id: 1, from: 0, to: 50, committedAt: agoIso(25) },
    { id: 2, from: 50, to: 100, committedAt: agoIso(23) },
    { id: 3, from: 100, to: 200, committedAt: agoIso(1) },
  ]),
)

const question = '{ ingestion { unknownOutcomes { text attempts } } }'
const listed = async () => {
  const { unknownOutcomes } = await field<{ unknownOutcomes: { text: string | null; attempts: number }[] }>(
    question,
  )
  return unknownOutcomes.map(({ text, attempts }) => [text, attempts])
}
const keep = (batch: number, outcomes: [string | null, number][]) => database()`
  update batch set unknown_outcomes = ${JSON.stringify(outcomes)}::text::json where id = ${batch}`

test('outcomes that are not understood are added up over the last day, the most frequent first', async () => {
  expect(await listed()).toEqual([])
  await keep(1, [['yesterday', 100]])
  await keep(2, [
    ['pending', 2],
    ['challenge', 4],
  ])
  await keep(3, [['pending', 3]])
  await database()`
    insert into batch_revision (batch_id, revision, change_number, kind, command_id, logins, rejects, processed_at, code_version, committed_at,
                                unknown_outcomes)
    values (1, 1, 1, 'redrive', 'c', 1, -1, ${agoIso(1)}, 'test', ${agoIso(1)}, '[["pending", 1]]'),
           (1, 2, 2, 'redrive', 'd', 1, -1, ${agoIso(30)}, 'test', ${agoIso(30)}, '[["pending", 1000]]')`
  expect(await listed()).toEqual([
    ['pending', 6],
    ['challenge', 4],
  ])
})

test('more spellings than are listed, in one batch or over all, are one number at the end', async () => {
  await keep(2, [...Array.from({ length: 15 }, (_, i): [string, number] => [`a ${i}`, 2]), [null, 90]])
  await keep(
    3,
    Array.from({ length: 15 }, (_, i): [string, number] => [`b ${i}`, 3]),
  )
  const all = await listed()
  expect(all).toHaveLength(21)
  expect(all.slice(0, 15).every(([, attempts]) => attempts === 3)).toBe(true)
  // Of those that have 2: 5 are listed beside the 15, 10 are not; and the one of the revision.
  expect(all.at(-1)).toEqual([null, 90 + 10 * 2 + 1])
})

type Told = { warnings?: { code: string; path: string[]; argument: string; message: string }[] }

const told = async (query: string) => {
  const { errors, extensions } = await ask(query)
  expect(errors, query).toBeUndefined()
  const found = ((extensions ?? {}) as Told).warnings?.filter(({ code }) => code === 'UNKNOWN_OUTCOMES')
  return found?.length === 0 ? undefined : found
}
const day = (date: string) => `from: "${date}T00:00Z", to: "${date}T23:00Z"`

test('who asks about logins or failures of a range is told of outcomes that were not understood in it', async () => {
  await database()`update batch set unknown_outcomes = null`
  await database()`delete from batch_revision`
  await insertCounts(database(), [
    ['2026-01-10T10:00:00Z', 'iOS', '1.0', 'TX', 7],
    ['2026-01-11T10:00:00Z', 'iOS', '1.0', 'CA', 3],
  ])
  const logins = (date: string) => `{ measures(${day(date)}) { total { logins } } }`
  expect(await told(logins('2026-01-10'))).toBeUndefined()

  const committedAt = agoIso(2)
  await insertBatches(database(), [
    { id: 11, from: 200, to: 210, committedAt, firstEventAt: '2026-01-10T10:00:00Z' },
    { id: 12, from: 210, to: 220, committedAt, firstEventAt: '2026-01-10T10:00:30Z' },
  ])
  await keep(11, [['denied by policy', 2]])
  await keep(12, [
    ['pending', 4],
    [null, 1],
  ])
  const message =
    'up to 7 attempts count as logins because their outcome is not understood, written as "pending", "denied by policy": groupBy: [OUTCOME] ' +
    'shows how many are UNKNOWN. If some are failures, have their producers write one of the spellings of docs/messages.md'
  const warned = [{ code: 'UNKNOWN_OUTCOMES', path: ['measures'], argument: 'from', message }]
  expect(await told(logins('2026-01-10'))).toEqual(warned)
  for (const field of ['failures', 'failureRate', 'users', 'lastSeenAt', 'newUsers'])
    expect(await told(`{ measures(${day('2026-01-10')}) { total { ${field} } } }`), field).toEqual(warned)
  const compared = 'compareTo: [{ daysBefore: 1 }]'
  expect(
    await told(`{ measures(${day('2026-01-11')}, ${compared}) { total { compared { logins } } } }`),
  ).toHaveLength(1)
  expect(
    await told('{ retention(bucket: DAY, from: "2026-01-10", to: "2026-01-11") { cohorts { users } } }'),
  ).toHaveLength(1)
})

test('who asks about what does not depend on outcomes, or about other attempts, is not told of them', async () => {
  const questions = [
    `{ measures(${day('2026-01-10')}) { total { attempts } } }`,
    `{ measures(${day('2026-01-10')}, attempts: ALL) { total { attempts users lastSeenAt } } }`,
    `{ measures(${day('2026-01-10')}, filter: { outcome: { in: ["SUCCESS"] } }) { total { logins } } }`,
    `{ measures(${day('2026-01-10')}, filter: { locale: { in: ["CA"] } }) { total { logins } } }`,
    `{ measures(${day('2026-01-11')}) { total { logins } } }`,
    `{ measures(${day('2026-01-11')}, compareTo: [{ daysBefore: 1 }]) { total { logins } } }`,
    '{ retention(bucket: DAY, from: "2026-01-10", to: "2026-01-11", attempts: ALL) { cohorts { users } } }',
  ]
  for (const question of questions) expect(await told(question), question).toBeUndefined()
})

test('outcomes that a redrive could not understand are told of by the events of its batch', async () => {
  const logins = `{ measures(${day('2026-01-10')}) { total { logins } } }`
  await database()`update batch set unknown_outcomes = null`
  expect(await told(logins)).toBeUndefined()
  await database()`
    insert into batch_revision (batch_id, revision, change_number, kind, command_id, logins, rejects, processed_at, code_version, committed_at,
                                unknown_outcomes)
    values (11, 1, 3, 'redrive', 'e', 1, -1, ${agoIso(1)}, 'test', ${agoIso(1)}, '[["pending", 1]]')`
  expect(await told(logins)).toHaveLength(1)
  expect(await told(logins.replaceAll('2026-01-10', '2026-01-11'))).toBeUndefined()
})
