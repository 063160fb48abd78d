import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { PartUnavailableError } from '../../api/context/errors.ts'
import type { Transaction } from '../../db/connection/connect.ts'
import { ReadFailure } from '../../db/nodes/read-failure.ts'
import { createRequestReader } from '../../db/nodes/request-reader.ts'
import { anyFreshness } from '../../db/nodes/requirement.ts'
import { createReadRouter } from '../../db/nodes/router.ts'
import { connect, refusalIn } from '../support/api/api-fixture.ts'
import { insertBatches, insertCheckpoint, insertCounts } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

const { ask, sql } = useApi(
  async (database) => {
    await insertCounts(database, [
      ['2026-03-01T10:15:00Z', 'android', '2.0', 'NY', 4],
      ['2026-03-01T11:00:00Z', 'iOS', '2.0', 'CA', 16],
    ])
    await insertCheckpoint(database, 0, 100, '2026-03-01T11:00:10Z')
    await insertBatches(database, [
      { id: 1, from: 0, to: 40, committedAt: '2026-03-01T10:00:00Z' },
      { id: 2, from: 40, to: 60, status: 'parked', committedAt: '2026-03-01T10:00:00Z' },
    ])
    await database`insert into retention_bound values ('hour_login', '2026-02-01T00:00:00Z')`
  },
  { readBack: () => Promise.reject(new PartUnavailableError('KAFKA_UNAVAILABLE', 'Kafka is away')) },
)

/** Questions that are refused or fail, each in a way of its own. */
const bad = {
  setsGone: `measures(from: "2020-01-01T00:30Z", to: "2020-01-01T01:30Z") { total { users } }`,
  invalidRange: `measures(from: "2026-01-02T00:00Z", to: "2026-01-01T00:00Z") { __typename }`,
  notFound: `batch(batchId: "99") { __typename }`,
  noAddress: `address(ip: "nowhere") { __typename }`,
  postgresRefuses: `user(userId: "a\\u0000b") { __typename }`,
  badCursor: `batches(after: "x") { __typename }`,
  noReadBack: `batch(batchId: "2") { events { __typename } }`,
}

const good = {
  people: `measures(bucket: DAY) { total { users trailingUsers } points { stickiness } }`,
  attempts: `attempts { edges { cursor } }`,
  counts: `measures(bucket: HOUR) { points { start logins } freshness { lag parkedOffsets isComplete watermark } }`,
  batches: `batches { edges { cursor node { batchId } } freshness { parkedOffsets } }`,
  arrivals: `arrivals { points { start attempts } }`,
}

type Fields = Record<string, unknown>
const askFields = async (...fields: string[]) => {
  const { data, errors } = await ask(`{ ${fields.join(' ')} }`)
  const told = errors?.map(({ message, extensions }) => ({ message, extensions }))
  return { data: data as Fields, errors: told ?? [] }
}

describe('a question that is refused', () => {
  const pairs = Object.entries(bad).flatMap(([badName, badField]) =>
    Object.entries(good).map(([goodName, goodField]) => ({ badName, badField, goodName, goodField })),
  )

  it.each(pairs)(
    'leaves its neighbour as it is alone, in any order: $badName beside $goodName',
    async ({ badField, goodField }) => {
      const alone = { bad: await askFields(`x: ${badField}`), good: await askFields(`y: ${goodField}`) }
      expect(alone.good.errors).toEqual([])
      const together = {
        data: { ...alone.bad.data, ...alone.good.data },
        errors: alone.bad.errors,
      }
      for (let round = 0; round < 2; round++) {
        expect(await askFields(`x: ${badField}`, `y: ${goodField}`)).toEqual(together)
        expect(await askFields(`y: ${goodField}`, `x: ${badField}`)).toEqual(together)
      }
    },
  )

  it('is null, with one error that says why by a code, where in the request, and about which argument', async () => {
    const told = await Promise.all(
      Object.entries(bad).map(async ([name, field]) => {
        const { data, errors } = await ask(`{ ${name}: ${field} }`)
        expect(data?.[name]).toEqual(name === 'noReadBack' ? { events: null } : null)
        expect(errors).toHaveLength(1)
        const { path } = errors?.[0] as { path?: string[] }
        const { code, argument } = refusalIn(errors)
        return [path?.join('.'), code, argument]
      }),
    )
    expect(told).toEqual([
      ['setsGone', 'DATA_GONE', 'from'],
      ['invalidRange', 'INVALID_RANGE', 'from'],
      ['notFound', 'NOT_FOUND', 'batchId'],
      ['noAddress', 'INVALID_ARGUMENT', 'ip'],
      ['postgresRefuses', 'INVALID_ARGUMENT', 'userId'],
      ['badCursor', 'INVALID_ARGUMENT', 'after'],
      ['noReadBack.events', 'KAFKA_UNAVAILABLE', undefined],
    ])
  })

  it('leaves all of them as they are alone, amid others that are refused', async () => {
    const all = { ...bad, ...good }
    const fields = Object.entries(all).map(([name, field]) => `${name}: ${field}`)
    const alone = await Promise.all(fields.map((field) => askFields(field)))
    const sorted = (errors: { message: string }[]) => errors.map((error) => JSON.stringify(error)).sort()
    for (const order of [fields, [...fields].reverse()]) {
      const together = await askFields(...order)
      expect(together.data).toEqual(Object.assign({}, ...alone.map(({ data }) => data)))
      expect(sorted(together.errors)).toEqual(sorted(alone.flatMap(({ errors }) => errors)))
    }
  })
})

describe('a query that fails', () => {
  const reading = () => {
    const url = Object.assign(new URL(inject('databaseUrl')), { pathname: `/${sql().options.database}` }).href
    const router = createReadRouter({ url, replicaUrls: [] })
    const reader = createRequestReader((work) => router.withReadNode(anyFreshness, work))
    onTestFinished(async () => {
      reader.close()
      await router.close()
    })
    return reader
  }

  it.each<[string, string, (sql: Transaction) => Promise<unknown>]>([
    ['takes too long', 'timeout', (sql) => sql`select pg_sleep(20)`],
    ['has a value that Postgres refuses', 'bad_input', (sql) => sql`select 'x'::integer`],
    ['is refused by its asker', 'bad_input', () => Promise.reject(new ReadFailure('bad_input', 'no'))],
    ['asks for what is not there', 'outdated', (sql) => sql`select from nowhere`],
  ])('leaves those before, beside and behind it, and their moment: %s', async (_, kind, fail) => {
    const reader = reading()
    const count = () =>
      reader.read(async (session) => {
        const [row] = await session.sql<{ batches: bigint }[]>`select count(*) as batches from batch`
        return Number(row?.batches)
      })
    const before = await count()
    const from = 1_000 * before
    await insertBatches(sql(), [{ id: from, from, to: from + 1, committedAt: '2026-03-01T10:00:00Z' }])
    const [failed, beside] = await Promise.all([
      reader.read((session) => fail(session.sql)).catch((error: unknown) => error),
      count(),
    ])
    expect(failed).toMatchObject({ kind })
    expect([beside, await count()]).toEqual([before, before])
  })

  it('sends nothing more, and keeps what others hold', async () => {
    const reader = reading()
    const begun = Promise.withResolvers<undefined>()
    const late = Promise.withResolvers<unknown>()
    await reader.read(({ sql }) => sql`/* holds */ select from login limit 0`)
    await expect(
      reader.read(async ({ sql }) => {
        void begun.promise.then(async () => {
          try {
            await sql`select 1 / 0`
          } catch (error) {
            late.resolve(error)
          }
        })
        await sql`select 'x'::integer`
      }),
    ).rejects.toMatchObject({ kind: 'bad_input' })
    begun.resolve(undefined)
    expect(await late.promise).toMatchObject({ kind: 'timeout' })
    const held = await reader.read(
      ({ sql }) => sql`
        select from pg_locks where pid = pg_backend_pid() and relation = 'login'::regclass`,
    )
    expect(held.length).toBe(1)
  })
})

it('a session that somebody ends fails its own request, and the node goes on serving the others', async () => {
  const on = (server: string) =>
    Object.assign(new URL(server), { pathname: `/${sql().options.database}` }).href
  const router = createReadRouter({ url: on(inject('databaseUrl')), replicaUrls: [on(inject('replicaUrl'))] })
  onTestFinished(() => router.close())
  const reading = () => createRequestReader((work) => router.withReadNode(anyFreshness, work))
  const [ended, other] = [reading(), reading()]
  const serves = ({ read }: ReturnType<typeof reading>) =>
    read(async (session) => {
      const [row] = await session.sql<{ pid: number }[]>`select pg_backend_pid() as pid`
      return { source: session.source, pid: row?.pid ?? 0 }
    })
  const { source, pid } = await serves(ended)
  expect(source).toBe('replica')
  await serves(other)
  const replica = connect(inject('replicaUrl'))
  onTestFinished(() => replica.end())
  await replica`select pg_terminate_backend(${pid}, 5000)`
  await expect(serves(ended)).rejects.toMatchObject({ kind: 'interrupted' })
  await expect(serves(ended)).rejects.toMatchObject({ kind: 'interrupted' })
  expect(await serves(other)).toMatchObject({ source: 'replica' })
  const next = reading()
  expect(await serves(next)).toMatchObject({ source: 'replica' })
  for (const { close } of [other, next]) close()
})
