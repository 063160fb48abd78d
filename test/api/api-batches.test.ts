import { describe, expect, it } from 'vitest'
import { insertBatches, insertReject } from '../support/api/api-rows.ts'
import type { Connection } from '../support/parts/connection.ts'
import { useApi } from '../support/api/use-api.ts'

/** Two batches a microsecond: the time alone tells no two apart. */
const committedAt = (id: number) => `2026-03-01T10:00:00.${String(Math.floor(id / 2)).padStart(6, '0')}Z`

const {
  sql: database,
  ask,
  refusal,
} = useApi(async (sql) => {
  const statuses = ['committed', 'parked', 'committed', 'replayed']
  await insertBatches(
    sql,
    Array.from({ length: 20 }, (_, id) => ({
      id,
      partition: id % 2,
      from: id * 10,
      to: id * 10 + 10,
      status: statuses[id % 4] ?? '',
      committedAt: committedAt(id),
    })),
  )
  await insertReject(sql, 0, 0)
})

const pageInfo = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }'
const batches = async (args: string): Promise<Connection> => {
  const { data, errors } = await ask(`{ batches(${args}) { edges { cursor node { batchId } } ${pageInfo} } }`)
  expect(errors).toBeUndefined()
  return data?.batches as Connection
}
const ids = ({ edges }: Connection) => edges.map(({ node }) => Number(node.batchId))
const newestFirst = Array.from({ length: 20 }, (_, i) => 19 - i)

describe('batches', () => {
  it('pages forwards through every row once, newest first', async () => {
    const seen: number[] = []
    let after = ''
    for (;;) {
      const page = await batches(`first: 3 ${after}`)
      seen.push(...ids(page))
      if (!page.pageInfo.hasNextPage) break
      after = `after: "${String(page.pageInfo.endCursor)}"`
    }
    expect(seen).toEqual(newestFirst)
  })

  it('pages backwards through every row once, each page in the order of the list', async () => {
    const seen: number[] = []
    let before = ''
    for (;;) {
      const page = await batches(`last: 3 ${before}`)
      seen.unshift(...ids(page))
      if (!page.pageInfo.hasPreviousPage) break
      before = `before: "${String(page.pageInfo.startCursor)}"`
    }
    expect(seen).toEqual(newestFirst)
  })

  it('neither repeats nor skips a row when new ones arrive between two pages', async () => {
    const first = await batches('first: 5')
    await insertBatches(database(), [{ id: 99, from: 990, to: 991, committedAt: '2026-03-01T11:00:00Z' }])
    try {
      const second = await batches(`first: 5, after: "${String(first.pageInfo.endCursor)}"`)
      expect([...ids(first), ...ids(second)]).toEqual(newestFirst.slice(0, 10))
    } finally {
      await database()`delete from batch where id = 99`
    }
  })

  it('filters by status, partition, offsets and time, all together', async () => {
    expect(ids(await batches('filter: { statuses: [PARKED] }'))).toEqual([17, 13, 9, 5, 1])
    expect(ids(await batches('filter: { statuses: [PARKED, REPLAYED], partitions: [1] }, first: 2'))).toEqual(
      [19, 17],
    )
    expect(ids(await batches('filter: { fromOffset: "35", toOffset: 50 }'))).toEqual([4, 3])
    expect(ids(await batches('filter: { fromOffset: 40, toOffset: 41 }'))).toEqual([4])
    expect(
      ids(
        await batches(
          'filter: { committedAt: { from: "2026-03-01T10:00:00Z", to: "2026-03-01T10:00:00Z" }, statuses: [COMMITTED] }',
        ),
      ),
    ).toEqual([])
    expect(ids(await batches('topic: "another"'))).toEqual([])
  })

  it('filters by what their error holds, in capitals or not, and literally', async () => {
    await database()`update batch set error = 'check "refuses_users"' where id in (5, 9, 13)`
    await database()`update batch set error = 'another' where id = 17`
    expect(ids(await batches('filter: { errorContains: "Refuses_USERS" }'))).toEqual([13, 9, 5])
    expect(ids(await batches('filter: { errorContains: "refuses%" }'))).toEqual([])
    expect(
      ids(await batches('filter: { errorContains: "refuses", statuses: [PARKED], fromOffset: 90 }')),
    ).toEqual([13, 9])
  })

  it('show what changed them, in order', async () => {
    for (const [revision, kind] of [
      [2, 'redrive'],
      [1, 'replay'],
    ] as const)
      await database()`
        insert into batch_revision (batch_id, revision, change_number, kind, command_id, logins, rejects, processed_at, code_version)
        values (19, ${revision}, ${revision}, ${kind}, 'c', 1, -1, '2026-03-01T10:00:00.5Z', 'test')`
    const { data } = await ask(`{ batches(first: 1) { edges { node {
      batchId revision changedAt skippedByCommandId revisions { revision kind commandId rejects processedAt isPublished } } } } }`)
    expect((data?.batches as Connection).edges.map(({ node }) => node)).toEqual([
      {
        batchId: '19',
        revision: 0,
        changedAt: null,
        skippedByCommandId: null,
        revisions: [
          { revision: 1, kind: 'REPLAY' },
          { revision: 2, kind: 'REDRIVE' },
        ].map((change) => ({
          ...change,
          commandId: 'c',
          rejects: -1,
          processedAt: '2026-03-01T10:00:00.500Z',
          isPublished: false,
        })),
      },
    ])
  })

  it('refuses cursors that are not of this list', async () => {
    const rejects = await ask('{ rejectedRecords { edges { cursor } } }')
    const foreign = (rejects.data?.rejectedRecords as Connection).edges[0]?.cursor ?? ''
    for (const cursor of ['', 'nonsense', foreign, Buffer.from("batches|'; --|1").toString('base64url')]) {
      const asked = await refusal('query ($c: String) { batches(after: $c) { __typename } }', { c: cursor })
      expect(asked).toMatchObject({ code: 'INVALID_ARGUMENT', argument: 'after' })
    }
  })

  it('names the cap of a page that is too large', async () => {
    expect(await refusal('{ batches(first: 501) { __typename } }')).toMatchObject({
      ...{ code: 'ANSWER_TOO_LARGE', argument: 'first', cap: 500, asked: 501 },
    })
  })
})
