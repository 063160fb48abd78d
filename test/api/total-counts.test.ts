import { beforeAll, expect, it } from 'vitest'
import { insertReject } from '../support/api/api-rows.ts'
import { logins, useEngagement } from '../support/api/engagement-world.ts'

const { sql, field } = useEngagement({ isRolledUp: true })

beforeAll(() => insertReject(sql(), 1, 0))

type Page = { nodes: object[]; totalCount: { value: number; precision: string } }
const page = (list: string, args: string) =>
  field<Page>(`{ ${list}(${args}) { nodes { __typename } totalCount { value precision } } }`)

/** Rows of attempts from before 24 February are gone. */
const since = 'from: "2026-02-01"'

it.each([
  ['attempts', since],
  ['attempts', `${since}, filter: { locale: { in: ["NY"] } }`],
  ['attempts', `${since}, filter: { locale: { in: ["NY"] }, deviceType: { in: ["IOS"] } }`],
  ['attempts', `${since}, filter: { users: ["user-1"] }`],
  ['attempts', 'filter: { users: ["user-1", "user-2"], devices: ["device-1-2"] }'],
  ['attempts', 'from: "2026-02-26", to: "2026-02-27"'],
  ['attempts', 'filter: { users: ["nobody"] }'],
  ['batches', 'filter: { partitions: [0] }'],
  ['rejectedRecords', 'filter: { isRedriven: false }'],
  ['controlEvents', ''],
  ['discrepancies', 'filter: { isOpen: true }'],
  ['insights', 'filter: { partitions: [0] }'],
  ['reconciliationRuns', ''],
])('%s(%s) says how many rows it has, whatever the page', async (list, filter) => {
  const { nodes } = await page(list, `first: 500, ${filter}`)
  expect(nodes.length).toBeLessThan(500)
  const precision = filter.startsWith(since) || filter.includes('"user-1"') ? 'AT_LEAST' : 'EXACT'
  const totalCount = { value: nodes.length, precision }
  expect(await page(list, `first: 0, ${filter}`)).toEqual({ nodes: [], totalCount })
  expect((await page(list, `last: 1, ${filter}`)).totalCount).toEqual(totalCount)
})

it('is 0 only of lists without rows', async () => {
  expect(logins.length).toBeGreaterThan(0)
  expect((await page('attempts', since)).totalCount.value).toBeGreaterThan(100)
})

it('is at least that much beyond what is counted', async () => {
  const insert = (first: number, last: number) => sql()`
    insert into batch (id, topic, partition, from_offset, to_offset, status, logins, rejects, gaps, login_rows,
                       processed_at, committed_at, code_version)
    select n, 'user-login', 1, n, n + 1, 'committed', 1, 0, 0, 0, now(), now(), 'test'
    from generate_series(${first}::integer, ${last}::integer) as n`
  await insert(2, 10_000)
  expect((await page('batches', 'first: 1')).totalCount).toEqual({ value: 10_000, precision: 'EXACT' })
  await insert(10_001, 10_001)
  expect((await page('batches', 'first: 1')).totalCount).toEqual({ value: 10_000, precision: 'AT_LEAST' })
})
