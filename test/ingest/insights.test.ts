import { expect, test } from 'vitest'
import { acceptedColumns } from '../../domain/columns/columns-fixture.ts'
import { emptyInsight, InsightDraft } from '../../domain/batch/insight.ts'
import { insertBatches } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

const login = (offset: number) => ({
  offset: BigInt(offset),
  recordedAt: 0,
  login: {
    ...{
      userId: `user ${offset % 3}`,
      deviceId: 'd',
      eventTimeMs: Date.parse('2026-03-01T10:00:00Z') + offset * 1000,
    },
    ...{
      ip: '192.0.2.1',
      ipScope: 'reserved' as const,
      locale: offset % 2 === 0 ? 'CA' : 'NY',
      localeKind: 'other' as const,
    },
    ...{ appVersion: '1.0.0', deviceType: 'iOS' as const, outcome: 'unknown' as const, eventId: null },
    ...{ failureReason: null, sessionId: null, extra: null },
  },
})

const { field } = useApi(async (sql) => {
  await insertBatches(sql, [
    { id: 1, from: 0, to: 10, committedAt: '2026-03-01T10:00:00.000001Z' },
    { id: 2, partition: 1, from: 0, to: 10, committedAt: '2026-03-01T10:00:00.000002Z' },
    { id: 3, from: 10, to: 20, committedAt: '2026-03-01T11:00:00Z' },
  ])
  for (const [batchId, partition, first] of [
    [1, 0, 0],
    [2, 1, 0],
    [3, 0, 10],
  ] as const) {
    const logins = Array.from({ length: 10 }, (_, i) => login(first + i))
    const draft = new InsightDraft(emptyInsight(), 5)
    draft.add(acceptedColumns(logins))
    for (const { firstOffset, lastOffset, body } of draft.insights)
      await sql`
        insert into insight (topic, partition, first_offset, last_offset, batch_id, body)
        values ('user-login', ${partition}, ${firstOffset}, ${lastOffset}, ${batchId}, ${body}::text::json)`
  }
})

type Page = { edges: { cursor: string; node: Record<string, unknown> }[]; pageInfo: { hasNextPage: boolean } }

const insights = (args: string, fields = 'partition fromOffset') =>
  field<Page>(`{ insights(${args}) {
    edges { cursor node { ${fields} } } pageInfo { hasNextPage } } }`)

const places = ({ edges }: Page) =>
  edges.map(({ node }) => `${String(node['partition'])}/${String(node['fromOffset'])}`)

test('insights are listed latest first, page by page, none twice and none left out', async () => {
  const first = await insights('first: 4')
  expect(places(first)).toEqual(['0/15', '0/10', '1/5', '1/0'])
  expect(first.pageInfo.hasNextPage).toBe(true)
  const rest = await insights(`first: 4, after: "${first.edges.at(-1)?.cursor ?? ''}"`)
  expect(places(rest)).toEqual(['0/5', '0/0'])
  expect(places(await insights('filter: { partitions: [1] }'))).toEqual(['1/5', '1/0'])
  const written = 'filter: { writtenAt: { from: "2026-03-01T10:30:00Z" } }'
  expect(places(await insights(written))).toEqual(['0/15', '0/10'])
})

test('an insight says what was published about its logins', async () => {
  const { edges } = await insights(
    'last: 1',
    'toOffset batchId attempts firstEventAt lastEventAt deviceTypes { value attempts } topLocales { value attempts } ' +
      'bottomLocales { value attempts } topUsers { value attempts }',
  )
  const counts = (...pairs: [string, number][]) => pairs.map(([value, attempts]) => ({ value, attempts }))
  expect(edges[0]?.node).toEqual({
    ...{ toOffset: '5', batchId: '1', attempts: 5 },
    ...{ firstEventAt: '2026-03-01T10:00:00.000Z', lastEventAt: '2026-03-01T10:00:04.000Z' },
    deviceTypes: counts(['IOS', 5]),
    topLocales: counts(['CA', 3], ['NY', 2]),
    bottomLocales: counts(['NY', 2], ['CA', 3]),
    topUsers: counts(['user 0', 2], ['user 1', 2], ['user 2', 1]),
  })
})
