import { expect, test } from 'vitest'
import { NOW_MS } from '../support/api/api-fixture.ts'
import { insertBatches } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

const agoIso = (hours: number) => new Date(NOW_MS - hours * 3_600_000).toISOString()

const { sql: database, field } = useApi((sql) =>
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
