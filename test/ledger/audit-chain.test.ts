import { createHash, randomUUID } from 'node:crypto'
import { expect, inject, onTestFinished, test } from 'vitest'
import { connectPostgres, type Sql } from '../../db/connection/connect.ts'
import { recordAuditEvent } from '../../db/ledger/audit-events.ts'
import { migrate } from '../../db/schema/migrate.ts'
import type { AuditEvent } from '../../domain/audit/audit-event.ts'
import { createDatabase } from '../support/api/api-fixture.ts'
import { migrateToOldSchema } from '../support/api/old-engagement.ts'

const migrated = (version: string, id: string = randomUUID()): AuditEvent => ({
  id,
  kind: 'database_migrated',
  at: '2026-03-01T10:00:00.000Z',
  actor: null,
  result: 'done',
  detail: { applied: [], version },
})

type Row = { seq: bigint; body: string; hash: string }
const chainIn = (sql: Sql) => sql<Row[]>`select seq, body, hash from audit_event order by seq`

/** Recomputed from the bodies alone. */
function hashesOf(rows: readonly Row[]): string[] {
  let hash = '0'.repeat(64)
  return rows.map(
    ({ body }) =>
      (hash = createHash('sha256')
        .update(hash + body)
        .digest('hex')),
  )
}

async function openDatabase(prepare?: (sql: Sql) => Promise<void>) {
  const database = await createDatabase(inject('databaseUrl'), prepare)
  onTestFinished(database.drop)
  return { sql: database.sql, url: database.urlOn(inject('databaseUrl')) }
}

test('events that many sessions append at once are one chain', async () => {
  const { sql, url } = await openDatabase()
  const options = { applicationName: 'test', statementTimeoutMs: 10_000, idleInTransactionTimeoutMs: 10_000 }
  const sessions = Array.from({ length: 8 }, () => connectPostgres(url, { ...options, maxConnections: 1 }))
  await Promise.all(
    sessions.map(async (session, number) => {
      for (let i = 0; i < 25; i++) await recordAuditEvent(session, migrated(`${number}.${i}`))
      await session.end()
    }),
  )
  const rows = await chainIn(sql)
  // The first is the migration of the database.
  expect(rows.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: 201 }, (_, i) => i + 1))
  expect(rows.map(({ hash }) => hash)).toEqual(hashesOf(rows))
})

test('an event is appended once, and its id hides no other event', async () => {
  const { sql } = await openDatabase()
  for (const version of ['1', '1', '2', '1', '2']) await recordAuditEvent(sql, migrated(version, 'one id'))
  const rows = (await chainIn(sql)).slice(1)
  expect(
    rows.map(({ body }) => (JSON.parse(body) as AuditEvent<'database_migrated'>).detail.version),
  ).toEqual(['1', '2'])
})

test('a role that may only append can neither read, change nor begin the chain anew', async () => {
  const { sql } = await openDatabase()
  const role = `appender_${randomUUID().replaceAll('-', '')}`
  await sql.unsafe(`create role ${role}`)
  onTestFinished(async () => {
    await sql.unsafe(`drop owned by ${role}`)
    await sql.unsafe(`drop role ${role}`)
  })
  const as = (statement: string) =>
    sql.begin(async (tx) => {
      await tx.unsafe(`set local role ${role}`)
      return await tx.unsafe(statement)
    })
  const append = `select append_audit_event('{"id":"a","kind":"command","at":"2026-03-01T10:00:00Z","actor":null,"result":"done","detail":{}}')`
  await expect(as(append)).rejects.toThrow('permission denied')
  await sql.unsafe(`grant execute on function append_audit_event(text) to ${role}`)
  await as(append)
  // A table of the session's own does not stand for the one of the chain.
  await as(
    `create temp table audit_head on commit drop as select 1 as one, 0::bigint as seq, '' as hash; ${append.replace('"a"', '"b"')}`,
  )
  for (const statement of [
    'select * from audit_event',
    `update audit_head set seq = 0`,
    'delete from audit_event',
    `insert into audit_event (seq, body, hash) values (9, '{}', '')`,
  ])
    await expect(as(statement)).rejects.toThrow('permission denied')
  const rows = await chainIn(sql)
  expect(rows.map(({ hash }) => hash)).toEqual(hashesOf(rows))
  expect(rows).toHaveLength(3)
})

test('what no reader could read is no event, because nobody could remove it', async () => {
  const { sql } = await openDatabase()
  const event = {
    ...{ id: 'a', kind: 'command', at: '2026-03-01T10:00:00.000Z', result: 'done' },
    actor: { issuer: null, subject: 'ann', name: 'ann', verified: false },
    // Of a command that is refused for them.
    detail: { partitions: [0, 2_147_483_647, -1] },
  }
  const wrong = [
    ...[{ kind: 5 }, { kind: 'Command' }, { id: null }, { at: 'infinity' }, { at: 'now' }, { at: 5 }],
    ...[{ result: 'well' }, { detail: null }, { detail: [] }, { detail: { partitions: ['x'] } }],
    ...[{ actor: 'ann' }, { actor: undefined }, { actor: { ...event.actor, verified: 'maybe' } }],
    ...[{ actor: { ...event.actor, name: null } }, { detail: { partitions: { 0: 0 } } }],
    ...[{ detail: { partitions: [2_147_483_648] } }, { detail: { partitions: [0.5] } }],
  ].map((change) => JSON.stringify({ ...event, ...change }))
  const right = JSON.stringify(event)
  const twice = right.replace('"id":"a"', '"id":"a","kind":"sign_out"')
  for (const text of [...wrong, twice, '[]', 'null', 'no JSON', ''])
    await expect(sql`select append_audit_event(${text})`, text).rejects.toThrow(
      /this is no event of the audit|invalid input syntax for type json/,
    )
  await sql`select append_audit_event(${right})`
  expect(await sql`select actor, partitions from control_event`).toEqual([
    { actor: 'ann', partitions: [0, 2_147_483_647, -1] },
  ])
})

test('the commands of a database of 0.3.1 begin the chain', async () => {
  const { sql } = await openDatabase(migrateToOldSchema)
  const detail = { z: [{ b: 'line\nend "\\ \u0001 é', a: null }], partition: 1.5, aa: {} }
  await sql`
    insert into control_event (command_id, requested_at, actor, command, topic, partitions, reason, result, detail)
    values ('c1', '2026-03-01T10:00:00.123456Z', 'ann', 'pause', 'user-login', '{0,1}', 'why', 'done', ${JSON.stringify(detail)}::text::jsonb),
           ('c2', '2026-03-01T09:00:00Z', 'bob', 'skip', 'user-login', null, '', 'refused', '{}')`
  await migrate(sql)
  const rows = await chainIn(sql)
  expect(rows[0]?.body).toBe(
    '{"actor":{"issuer":null,"name":"ann","subject":"ann","verified":false},"at":"2026-03-01T10:00:00.123Z",' +
      '"detail":{"command":"pause","facts":{"aa":{},"partition":1.5,"z":[{"a":null,"b":"line\\nend \\"\\\\ \\u0001 é"}]},' +
      '"partitions":[0,1],"reason":"why","topic":"user-login"},"id":"c1","kind":"command","result":"done"}',
  )
  expect(rows.map(({ hash }) => hash)).toEqual(hashesOf(rows))
  const read = await sql`
    select command_id, requested_at, actor, command, topic, partitions, reason, result, detail from control_event order by id`
  expect([...read]).toEqual([
    {
      command_id: 'c1',
      requested_at: new Date('2026-03-01T10:00:00.123Z'),
      actor: 'ann',
      command: 'pause',
      topic: 'user-login',
      partitions: [0, 1],
      reason: 'why',
      result: 'done',
      detail,
    },
    expect.objectContaining({
      command_id: 'c2',
      actor: 'bob',
      partitions: null,
      result: 'refused',
      detail: {},
    }),
  ])
})
