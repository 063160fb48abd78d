import { beforeAll, expect, it } from 'vitest'
import { recordControlEvent } from '../../db/ledger/control-events.ts'
import { insertReject } from '../support/api/api-rows.ts'
import { logins, useEngagement } from '../support/api/engagement-world.ts'

const { sql, field, refusal } = useEngagement({ isRolledUp: true })

beforeAll(async () => {
  await insertReject(sql(), 1, 999)
  await sql()`
    insert into insight (topic, batch_id, partition, first_offset, last_offset, body)
    values ('user-login', 1, 0, 5, 14, ${sql().json({ batch_size: 10, start_time: 1, end_time: 2, device_type_aggregation: {}, top_10_locations: [], bottom_5_locations: [], top_5_users: [] })})`
  await sql()`
    insert into alert (raised_at, kind, topic, subject, detail) values (now(), 'minute_count', 'user-login', 'a minute', '{}')`
  await recordControlEvent(sql(), {
    commandId: 'c1',
    requestedAt: new Date().toISOString(),
    actor: { issuer: null, subject: 'ann', name: 'ann' },
    command: 'pause',
    topic: 'user-login',
    partitions: null,
    reason: 'why',
    result: 'done',
    detail: {},
  })
})

type Listed = { nodes: { id: string; __typename: string }[]; edges: { cursor: string }[] }
const lists = {
  attempts: 'attempts(first: 500, from: "2026-02-01")',
  batches: 'batches',
  rejectedRecords: 'rejectedRecords',
  insights: 'insights',
  discrepancies: 'discrepancies',
  controlEvents: 'controlEvents',
  auditEvents: 'auditEvents',
}
const listed = (list: string) => field<Listed>(`{ ${list} { nodes { id __typename } edges { cursor } } }`)
const decoded = (text: string) => Buffer.from(text, 'base64url').toString()

it.each(Object.entries(lists))(
  'whatever is in %s is found again by its id, alone and among others',
  async (_, list) => {
    const { nodes } = await listed(list)
    expect(nodes.length).toBeGreaterThan(0)
    const some = nodes.slice(0, 50)
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }'
    expect(await field(query, { ids: some.map(({ id }) => id) })).toEqual(some)
    expect(await field('query ($id: ID!) { node(id: $id) { id __typename } }', { id: some[0]?.id })).toEqual(
      some[0],
    )
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length)
  },
)

it.each(['user(userId: "user-1")', 'device(deviceId: "device-1-2")', 'address(ip: "2001:DB8:0::1")'])(
  '%s is found again by its id, which says nothing of it',
  async (question) => {
    const selection =
      '{ id __typename ... on User { userId } ... on Device { deviceId } ... on Address { ip } }'
    const somebody = await field<{ id: string }>(`{ ${question} { ...N } } fragment N on Node ${selection}`)
    expect(await field(`query ($id: ID!) { node(id: $id) ${selection} }`, { id: somebody.id })).toEqual(
      somebody,
    )
    expect(decoded(somebody.id)).toMatch(/^(User|Device|Address):\d+$/)
  },
)

it('a node has the fields of its type', async () => {
  const { nodes } = await listed(lists.attempts)
  const query = `query ($id: ID!) { node(id: $id) { ... on Attempt { userId } } }`
  const { userId } = await field<{ userId: string }>(query, { id: nodes[0]?.id })
  const newest = logins.toSorted((a, b) => b.eventTimeMs - a.eventTimeMs)[0]
  expect(userId).toBe(newest?.userId)
})

it('ids and cursors are made of numbers and moments, and hold no personal value', async () => {
  const traits = ['users', 'devices', 'addresses', 'appVersions', 'locales']
  const { traits: found } = await field<{ traits: Record<string, { edges: { cursor: string }[] }> }>(
    `{ user(userId: "user-1") { traits { ${traits.map((trait) => `${trait} { edges { cursor } }`).join(' ')} } } }`,
  )
  const all = await Promise.all(Object.values(lists).map((list) => listed(list)))
  for (const { id } of all.flatMap(({ nodes }) => nodes))
    expect(decoded(id)).toMatch(/^[A-Za-z]+:\d+(\.\d+)?$/)
  const cursors = [...all, ...Object.values(found)].flatMap(({ edges }) => edges)
  for (const { cursor } of cursors)
    expect(decoded(cursor)).toMatch(/^[A-Za-z]+\|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00(\|\d+)+$/)
  // A number that is made of a value would give the value away to whoever tries all addresses.
  for (const { edges } of Object.values(found))
    for (const { cursor } of edges) {
      const [, , partition, offset, batch] = decoded(cursor).split('|')
      const rows = await sql()`
        select from login where kafka_partition = ${partition ?? ''} and kafka_offset = ${offset ?? ''} and batch_id = ${batch ?? ''}
                            and user_id = 'user-1'`
      expect(rows).toHaveLength(1)
    }
})

it('an id that is none is refused, and one of nothing is not found', async () => {
  const id = (text: string) => Buffer.from(text).toString('base64url')
  for (const wrong of [
    '',
    'x',
    id('Batch'),
    id('Batch:x'),
    id('Freshness:1'),
    id('Query:1'),
    id(`Batch:${'9'.repeat(19)}`),
  ])
    expect(await refusal('query ($id: ID!) { node(id: $id) { id } }', { id: wrong })).toMatchObject({
      ...{ code: 'INVALID_ARGUMENT', argument: 'id' },
    })
  expect(await refusal('query ($id: ID!) { node(id: $id) { id } }', { id: id('Batch:99') })).toMatchObject({
    ...{ code: 'NOT_FOUND', argument: 'id' },
  })
  const ids = [id('Batch:99'), id('Batch:1'), id('Attempt:1.99999')]
  expect(await field('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })).toEqual([
    null,
    { id: ids[1] },
    null,
  ])
  const many = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }'
  expect(await refusal(many, { ids: [id('Batch:1'), 'x'] })).toMatchObject({ argument: 'ids[1]' })
  expect(await refusal(many, { ids: Array.from({ length: 101 }, () => id('Batch:1')) })).toMatchObject({
    ...{ code: 'ANSWER_TOO_LARGE', argument: 'ids', cap: 100, asked: 101 },
  })
})
