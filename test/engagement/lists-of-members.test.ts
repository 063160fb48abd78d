import { describe, expect, it } from 'vitest'
import { readBinary } from '../../db/read/binary-rows.ts'
import { anyLogin } from '../../db/read/counts/count-filter.ts'
import { readAttemptLists } from '../../db/read/engagement/attempt-lists.ts'
import { readNumbers } from '../../db/read/engagement/member-numbers.ts'
import { UnnumberedMembers } from '../../domain/measures/unnumbered-members.ts'
import { keepFrom } from '../../db/login-rows/retention-bound.ts'
import { createLoginDays } from '../../db/login-rows/login-partitions.ts'
import { indexLogins } from '../../db/rollups/index-logins.ts'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import { inOneSnapshot, rollAll, writeBatch } from '../support/api/indexed-world.ts'
import { insertDelta } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

const KEPT_FROM = '2026-02-20T00:00:00.000Z'

const login = (userId: string, at: string, changes: Partial<SeenLogin> = {}): SeenLogin => ({
  ...{ userId, deviceId: `${userId}'s`, ip: '192.0.2.1', eventTimeMs: Date.parse(at) },
  ...{ deviceType: 'iOS', appVersion: '2.0', locale: 'TX', outcome: 'success' },
  ...changes,
})

/** The clock of the API stands at 12:00:30. Eve, who failed twice, has no number yet. */
const { sql, ask, field, refusal } = useApi(async (sql) => {
  await createLoginDays(sql, Date.parse('2026-03-01T12:00:00Z'), 10)
  await keepFrom(sql, 'hour_login', sql`${KEPT_FROM}::text::timestamptz`)
  await writeBatch(sql, 1, 0, [
    login('ann', '2026-03-01T09:59:59Z'),
    login('bob', '2026-03-01T10:00:00Z'),
    login('bob', '2026-03-01T11:07:00Z', { ip: '2001:db8::a', outcome: 'failure' }),
  ])
  await rollUpSightings(sql)
  await rollAll(sql)
  while (await indexLogins(sql));
  await writeBatch(sql, 2, 0, [
    login('eve', '2026-03-01T11:59:00Z', { outcome: 'failure' }),
    login('eve', '2026-03-01T11:59:30Z', { outcome: 'failure' }),
  ])
  // More than anybody may ask to be read one by one, on a day of their own.
  await writeBatch(sql, 3, 0, [login('ann', '2026-02-21T00:00:00Z')])
  await insertDelta(sql, 3, ['2026-02-21T00:00:00Z'], [5_000_000], { revision: 1 })
})

const DAY = 'from: "2026-03-01", to: "2026-03-02"'
type Groups = { groups: { values: string[]; attempts: number }[] }
const groups = async (args: string) => {
  const { groups: found } = await field<Groups>(`{ measures(${args}) { groups { values attempts } } }`)
  return found.map(({ values, attempts }) => `${values.join(' ')}: ${attempts}`)
}

it('attempts of somebody are looked for in the hours in which there were some, and in what waits to be listed', async () => {
  const read = (only: { user: Set<number> }) =>
    inOneSnapshot(sql(), async (session) => {
      const found: string[] = []
      const range = { fromMs: Date.parse('2026-03-01'), toMs: Date.parse('2026-03-02') }
      const question = { dimensions: [], kinds: ['user' as const], filter: anyLogin, only }
      const asked = { ...question, mayLackMinutes: () => false }
      await readAttemptLists(session, [range], asked, new UnnumberedMembers(), ({ startMs, attempts }) => {
        found.push(`${new Date(startMs).getUTCHours()}: ${attempts}`)
      })
      return found
    })
  const numbers = await inOneSnapshot(sql(), (session) => readNumbers(session, 'user', ['ann', 'bob']))
  const [ann, bob] = [numbers.get('ann') ?? 0, numbers.get('bob') ?? 0]
  const waiting = '11: 2'
  expect(await read({ user: new Set([ann]) })).toEqual(['9: 1', waiting])
  expect(await read({ user: new Set([bob]) })).toEqual(['10: 1', '11: 1', waiting])
  expect(await read({ user: new Set([ann, bob]) })).toEqual(['9: 1', '10: 1', '11: 1', waiting])
  expect(await read({ user: new Set([-1]) })).toEqual([waiting])
})

it('what is read in binary is what Postgres has, and what cannot be read is told by the statement itself', async () => {
  const long = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251))
  await inOneSnapshot(sql(), async ({ sql: tx }) => {
    const row = tx`
      select ${long} as long, ''::bytea as empty, null::bytea as missing, ${'Zoë, 東京'}::text as text, -7 as whole,
             1.5::float8 as part, true as yes, false as no, json_build_array('a', null) as json`
    const [first, another] = await Promise.all([
      readBinary(tx, 'one', row),
      readBinary(tx, 'one', tx`select 2 as two`),
    ])
    expect(first).toEqual([
      {
        ...{ long, empty: Buffer.alloc(0), missing: null, text: 'Zoë, 東京', whole: -7, part: 1.5 },
        ...{ yes: true, no: false, json: ['a', null] },
      },
    ])
    expect(another).toEqual([{ two: 2 }])
    expect(await readBinary(tx, 'none', tx`select 1 as one where false`)).toEqual([])
    await expect(tx.savepoint((sub) => readBinary(sub, 'broken', sub`select 1 / 0 as x`))).rejects.toThrow(
      'division by zero',
    )
    await expect(readBinary(tx, 'dates', tx`select current_date as day`)).rejects.toThrow('dates: column day')
  })
})

describe('groups by users, devices and addresses', () => {
  it('follow by logins unless another order is asked for, and know who was first seen a moment ago', async () => {
    expect(await groups(`${DAY}, groupBy: [USER], first: 5`)).toEqual(['ann: 1', 'bob: 2', 'eve: 2'])
    expect(await groups(`${DAY}, groupBy: [DEVICE], first: 2, orderBy: { measure: FAILURES }`)).toEqual([
      "eve's: 2",
      "bob's: 2",
    ])
    expect(await groups(`${DAY}, groupBy: [ADDRESS, USER], first: 5`)).toEqual([
      '192.0.2.1 ann: 1',
      '192.0.2.1 bob: 1',
      '192.0.2.1 eve: 2',
      '2001:db8::a bob: 1',
    ])
  })

  it('have the node that they are of, once it has a number', async () => {
    type Node = { __typename: string; id: string; deviceId?: string; firstDay?: string; activeDays?: number }
    const { groups: found } = await field<{ groups: { values: string[]; node: Node | null }[] }>(
      `{ measures(${DAY}, groupBy: [LOCALE, DEVICE, USER], first: 5) { groups { values node {
          __typename id ... on Device { deviceId firstDay activeDays } } } } }`,
    )
    const nodes = found.map(({ node }) => node)
    expect(nodes.map((node) => [node?.deviceId, node?.firstDay, node?.activeDays])).toEqual([
      ["ann's", '2026-03-01', 1],
      ["bob's", '2026-03-01', 1],
      [undefined, undefined, undefined],
    ])
    expect(await field(`{ node(id: "${nodes[1]?.id}") { __typename ... on Device { deviceId } } }`)).toEqual({
      ...{ __typename: 'Device', deviceId: "bob's" },
    })
    const { groups: others } = await field<Record<'groups', { node: Node | null }[]>>(
      `{ measures(${DAY}, groupBy: [LOCALE]) { groups { node { id } } } }`,
    )
    expect(others).toEqual([{ node: null }])
  })

  it('are refused with the way to ask instead', async () => {
    const refused = (args: string) => refusal(`{ measures(${args}) { groups { values } } }`)
    expect(await refused(`${DAY}, groupBy: [USER]`)).toMatchObject({
      ...{ code: 'UNSUPPORTED_COMBINATION', argument: 'first' },
      message: expect.stringContaining('first: 10') as unknown,
    })
    expect(await refused('from: "2026-02-19", to: "2026-02-21", groupBy: [USER], first: 1')).toMatchObject({
      ...{ code: 'DATA_GONE', argument: 'from', keptFrom: KEPT_FROM },
      message: expect.stringContaining('SET_RETENTION_DAYS') as unknown,
    })
    // A range that it is compared with is older.
    expect(
      await refusal(
        `{ measures(${DAY}, filter: { users: ["ann"] }, compareTo: [{ daysBefore: 10 }]) { total { compared { logins } } } }`,
      ),
    ).toMatchObject({ code: 'DATA_GONE' })
    expect(await refused('from: "2026-02-20", to: "2026-02-22", groupBy: [USER], first: 1')).toMatchObject({
      ...{ code: 'ANSWER_TOO_LARGE', argument: 'from', cap: 5_000_000, asked: 5_000_001 },
    })
  })
})

it.each([
  ['by weekday', 'groupBy: [WEEKDAY, HOUR_OF_DAY]', ''],
  ['by weekday, of some users', 'groupBy: [WEEKDAY]', 'filter: { users: ["ann", "bob"] }'],
])('the total %s has people and moments, as without groups', async (_, groupBy, filter) => {
  const total = async (args: string, groups: string) => {
    const answer = await field<{ total: object; points: object[] }>(
      `{ measures(${DAY}, bucket: HOUR, ${filter} ${args}) {
          ${groups} total { users devices logins firstSeenAt lastSeenAt compared { users } } points { users } } }`,
    )
    return { total: answer.total, points: answer.points }
  }
  const alone = await total('', '')
  expect(alone.total).toMatchObject({ users: 2, lastSeenAt: '2026-03-01T10:00:00.000Z' })
  expect(await total(`, ${groupBy}`, 'groups { values logins points { logins } }')).toEqual(alone)
  expect(await total(`, ${groupBy}`, 'groups { values logins }')).toEqual(alone)
  expect(await total(`, ${groupBy}`, 'groups { values users }')).toEqual(alone)
})

it('the total of groups by somebody has new and returning users, as without groups', async () => {
  const fields =
    'total { attempts users newUsers returningUsers trailingUsers(days: 7) setBasis } points { newUsers }'
  const alone = await field(`{ measures(${DAY}, bucket: DAY) { ${fields} } }`)
  expect(alone).toMatchObject({
    total: { attempts: 5, users: 2, newUsers: 2, returningUsers: 0, trailingUsers: 2 },
  })
  for (const args of ['groupBy: [ADDRESS], first: 1', 'groupBy: [USER, LOCALE], first: 9'])
    expect(await field(`{ measures(${DAY}, bucket: DAY, ${args}) { groups { values } ${fields} } }`)).toEqual(
      expect.objectContaining(alone as object),
    )
})

describe('users, devices and addresses of a network', () => {
  const network = (args: string, addresses: string) =>
    ask(
      `{ measures(${DAY}, attempts: ALL, ${args} filter: { addresses: ${addresses} }) { total { attempts users } } }`,
    )

  it('are those of its addresses, of a moment ago, too', async () => {
    const totals = async (addresses: string) => (await network('', addresses)).data?.['measures']
    expect(await totals('["192.0.2.0/24"]')).toEqual({ total: { attempts: 4, users: 3 } })
    expect(await totals('["192.0.2.200/25", "2001:db8::/127"]')).toEqual({ total: { attempts: 0, users: 0 } })
    expect(await totals('["::/0"]')).toEqual({ total: { attempts: 1, users: 1 } })
    expect(await totals('["::ffff:192.0.2.0/126", "2001:DB8::A"]')).toEqual({
      total: { attempts: 5, users: 3 },
    })
  })

  it('are nobody with a warning where no attempt came from it', async () => {
    const { extensions } = await network('', '["192.0.2.0/24", "10.0.0.0/8", "198.51.100.1"]')
    expect(extensions).toMatchObject({
      warnings: [
        {
          code: 'UNKNOWN_VALUE',
          argument: 'filter.addresses',
          message: expect.stringContaining('"198.51.100.1", "10.0.0.0/8"') as unknown,
        },
      ],
    })
  })

  it('are refused with how to write it, and where it names too many', async () => {
    const refused = (addresses: string) =>
      refusal(`{ measures(${DAY}, filter: { addresses: ${addresses} }) { total { attempts } } }`)
    for (const text of ['192.0.2.0/33', '192.0.2/24', '192.0.2.0/255.255.255.0', '2001:db8::/129', '/8'])
      expect(await refused(`["192.0.2.1", "${text}"]`)).toMatchObject({
        ...{ code: 'INVALID_ARGUMENT', argument: 'filter.addresses[1]' },
        message: expect.stringContaining('203.0.113.0/24') as unknown,
      })
    const many = Array.from({ length: 101 }, (_, i) => `10.0.${i}.0/24`)
    expect(await refused(JSON.stringify(many))).toMatchObject({
      ...{ code: 'ANSWER_TOO_LARGE', argument: 'filter.addresses', cap: 100, asked: 101 },
    })
  })

  it('have their attempts listed', async () => {
    type Listed = { nodes: { ip: string; userId: string }[]; totalCount: { value: number } }
    const listed = (addresses: string) =>
      field<Listed>(
        `{ attempts(${DAY}, filter: { addresses: ${addresses} }, first: 9) { nodes { ip userId } totalCount { value } } }`,
      )
    expect((await listed('["2001:db8::/64"]')).nodes).toEqual([{ ip: '2001:db8::a', userId: 'bob' }])
    expect((await listed('["192.0.2.0/31", "2001:db8::a"]')).totalCount.value).toBe(5)
    expect((await listed('["10.0.0.0/8"]')).nodes).toEqual([])
  })
})

describe('where only others than `attempts` says are in a group, a warning says so', () => {
  const EMPTY = { code: 'EMPTY_BY_ATTEMPTS', path: ['measures'], argument: 'attempts' }
  it.each([
    [
      'addresses',
      'groupBy: [ADDRESS], first: 2, orderBy: { measure: FAILURES }',
      'groups { failures users }',
      1,
    ],
    ['users in order', 'groupBy: [USER], first: 5', 'groups { values lastSeenAt }', 1],
    ['outcomes', 'groupBy: [OUTCOME]', 'groups { values attempts devices }', 1],
    ['hours', 'groupBy: [HOUR_OF_DAY]', 'groups { values } total { lastSeenAt attempts }', 0],
    ['the total', 'filter: { users: ["eve"] }', 'total { attempts users }', 1],
    ['both halves', 'groupBy: [ADDRESS], first: 2, attempts: ALL', 'groups { users lastSeenAt }', 0],
    ['no people', 'groupBy: [USER], first: 5', 'groups { values failures }', 0],
    ['nobody who is listed', 'groupBy: [USER], first: 1', 'groups { users }', 0],
    ['no failures', 'groupBy: [OUTCOME], attempts: FAILURES', 'groups { lastSeenAt }', 1],
    [
      'outcomes that the filter asks for',
      'filter: { outcome: { in: ["FAILURE"] } }, groupBy: [DEVICE_TYPE]',
      'groups { attempts users }',
      1,
    ],
  ])('%s', async (_, args, fields, times) => {
    const { extensions } = await ask(`{ measures(${DAY}, ${args}) { ${fields} } }`)
    const warnings = Array.from({ length: times }, () => expect.objectContaining(EMPTY) as unknown)
    expect(extensions ?? { warnings: [] }).toEqual({ warnings })
  })
})

describe('a filter by users, devices or addresses', () => {
  it('takes addresses in any form, and users who were first seen a moment ago', async () => {
    const answer = await ask(`{
      measures(${DAY}, filter: { users: ["eve", "bob"], addresses: ["2001:0DB8:0::000A", "192.0.2.1"] }, groupBy: [HOUR_OF_DAY, OUTCOME]) {
        groups { values attempts elapsedMinutes } total { logins failures } } }`)
    expect(answer).toEqual({
      data: {
        measures: {
          groups: [
            { values: ['10', 'SUCCESS'], attempts: 1, elapsedMinutes: 60 },
            { values: ['11', 'FAILURE'], attempts: 3, elapsedMinutes: 60 },
          ],
          total: { logins: 1, failures: 3 },
        },
      },
    })
  })

  it('by somebody who is not known is answered with 0 and a warning', async () => {
    const answer = await ask(
      `{ measures(${DAY}, filter: { users: ["eve", "Ann"], addresses: ["192.0.2.1", "::1"] }) { total { attempts } } }`,
    )
    expect(answer.data).toEqual({ measures: { total: { attempts: 2 } } })
    expect(answer.extensions).toEqual({
      warnings: [
        {
          ...{ code: 'UNKNOWN_VALUE', path: ['measures'], argument: 'filter.users' },
          message: '"Ann": no known user, and matches nothing; ids are exact',
        },
        {
          ...{ code: 'UNKNOWN_VALUE', path: ['measures'], argument: 'filter.addresses' },
          message: '"::1": no known IP address, and matches nothing; no attempt came from there',
        },
      ],
    })
  })

  it('by a text that is no address is refused by name', async () => {
    const question = `{ measures(${DAY}, filter: { addresses: ["192.0.2.1", "here"] }) { total { attempts } } }`
    expect(await refusal(question)).toMatchObject({
      ...{ code: 'INVALID_ARGUMENT', argument: 'filter.addresses[1]' },
      message: expect.stringContaining('"here" is not an IP address') as unknown,
    })
  })
})

it('nobody is said to be left out who was counted a moment ago and is not in the bitmaps yet', async () => {
  // Older than the lists, so that only bitmaps know it; and late, so that it has no row.
  const rowsFromMs = Date.parse(KEPT_FROM)
  await writeBatch(sql(), 4, 0, [login('fay', '2026-02-10T11:59:00Z')], { rowsFromMs })
  const asked = () =>
    ask('{ measures(from: "2026-02-10", to: "2026-02-11", groupBy: [LOCALE]) { groups { attempts users } } }')
  const { data, extensions } = await asked()
  expect(data).toEqual({ measures: { groups: [{ attempts: 1, users: 0 }] } })
  expect(extensions).toBeUndefined()
  await rollUpSightings(sql())
  expect((await asked()).data).toEqual({ measures: { groups: [{ attempts: 1, users: 1 }] } })
})
