import { expect, inject, onTestFinished, test } from 'vitest'
import { pruneAudit } from '../../audit/prune-audit.ts'
import { publishHead } from '../../audit/publish-head.ts'
import { readHeads } from '../../audit/read-heads.ts'
import { checkPart } from '../../audit/check-part.ts'
import { verifyAll } from '../../audit/verify-chain.ts'
import { readHeadKeys } from '../../audit/keys.ts'
import type { Transaction } from '../../db/connection/connect.ts'
import type { ChainPlace } from '../../domain/audit/audit-head.ts'
import { createTopicOffsets } from '../../kafka/topics/topic-offsets.ts'
import { sendRecord } from '../../kafka/write/send-record.ts'
import { createDatabase } from '../support/api/api-fixture.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import {
  appendEvents,
  hashAnew,
  headsAt,
  newKey,
  renumber,
  tamper,
  withKey,
} from '../support/ledger/tampering.ts'

type Tampering = [what: string, statements: (tx: Transaction) => Promise<unknown>, found: object]

const changed = `regexp_replace(body, '1\\.0\\.', '6.6.')`
const appended = `{"at":"2026-01-01T00:00:00.000Z","id":"mine","kind":"command"}`

/** The chain has 10 events; heads are signed of the third and the eighth. */
const tamperings: Tampering[] = [
  ['nothing', () => Promise.resolve(), {}],
  [
    'an event changed',
    (tx) => tx.unsafe(`update audit_event set body = ${changed} where seq = 4`),
    { seq: 4, how: 'changed' },
  ],
  [
    'the last event changed',
    (tx) => tx.unsafe(`update audit_event set body = ${changed} where seq = 10`),
    { seq: 10, how: 'changed' },
  ],
  [
    'an event changed, and hashed anew',
    async (tx) => {
      await tx.unsafe(`update audit_event set body = ${changed} where seq = 4`)
      await tx`update audit_event set hash = encode(sha256(convert_to((select hash from audit_event where seq = 3) || body, 'UTF8')), 'hex') where seq = 4`
    },
    { seq: 5, how: 'changed' },
  ],
  ['an event removed', (tx) => tx`delete from audit_event where seq = 4`, { seq: 4, how: 'removed' }],
  ['the first event removed', (tx) => tx`delete from audit_event where seq = 1`, { seq: 1, how: 'removed' }],
  [
    'an event removed, and the gap closed',
    async (tx) => {
      await tx`delete from audit_event where seq = 4`
      await renumber(tx, 5, -1)
      await tx`update audit_head set seq = 9`
    },
    { seq: 4, how: 'removed' },
  ],
  [
    'two neighbours swapped',
    async (tx) => {
      await tx`update audit_event set seq = -seq where seq in (4, 5)`
      await tx`update audit_event set seq = 9 + seq where seq < 0`
    },
    { seq: 4, how: 'swapped' },
  ],
  [
    'the texts of two neighbours swapped',
    (tx) => tx`
      update audit_event as one set body = other.body from audit_event as other
      where one.seq in (4, 5) and other.seq = 9 - one.seq`,
    { seq: 4, how: 'swapped' },
  ],
  [
    'an event inserted, with a hash that fits',
    async (tx) => {
      await renumber(tx, 5, 1)
      await tx`insert into audit_event (seq, body, hash) select 5, ${appended}, encode(sha256(convert_to(hash || ${appended}, 'UTF8')), 'hex') from audit_event where seq = 4`
      await tx`update audit_head set seq = 11`
    },
    { seq: 5, how: 'inserted' },
  ],
  [
    'an event inserted, with any hash',
    async (tx) => {
      await renumber(tx, 5, 1)
      await tx`insert into audit_event (seq, body, hash) values (5, ${appended}, 'any')`
    },
    { seq: 5, how: 'inserted' },
  ],
  [
    'an event put at the end, past the function',
    (tx) =>
      tx`insert into audit_event (seq, body, hash) select 11, ${appended}, encode(sha256(convert_to(hash || ${appended}, 'UTF8')), 'hex') from audit_event where seq = 10`,
    { seq: 11, how: 'inserted' },
  ],
  ['the end cut off', (tx) => tx`delete from audit_event where seq > 9`, { seq: 10, how: 'cut_off' }],
  [
    'the end cut off, and the end of the chain put there',
    async (tx) => {
      await tx`delete from audit_event where seq > 6`
      await hashAnew(tx, 6)
    },
    { seq: 7, how: 'cut_off' },
  ],
  [
    'an event changed, and the whole chain hashed anew',
    async (tx) => {
      await tx.unsafe(`update audit_event set body = ${changed} where seq = 5`)
      await hashAnew(tx, 1)
    },
    { seq: 4, how: 'rebuilt' },
  ],
  [
    'an event removed, and the whole chain hashed anew',
    async (tx) => {
      await tx`delete from audit_event where seq = 2`
      await renumber(tx, 3, -1)
      await hashAnew(tx, 1)
      await tx`insert into audit_event (seq, body, hash) values (10, ${appended}, 'any')`
      await hashAnew(tx, 1)
    },
    { seq: 1, how: 'rebuilt' },
  ],
  ...(
    [
      ['kind', `kind = 'topics_created'`],
      ['time', `happened_at = happened_at - interval '1 year'`],
      ['id', `id = 'other'`],
    ] as const
  ).map(([column, set]): Tampering => [
    `an event listed under another ${column}`,
    async (tx) => {
      const [name = ''] = set.split(' ')
      await tx.unsafe(`alter table audit_event alter column ${name} drop expression`)
      await tx.unsafe(`update audit_event set ${set} where seq = 6`)
    },
    { seq: 6, how: 'mislabelled' },
  ]),
  [
    'everything removed',
    async (tx) => {
      await tx`delete from audit_event`
      await tx`update audit_head set seq = 0, hash = repeat('0', 64)`
    },
    { seq: 1, how: 'cut_off' },
  ],
]

async function tenEvents() {
  const database = await createDatabase(inject('databaseUrl'))
  onTestFinished(database.drop)
  const { sql } = database
  // The migration of the database is the first.
  await appendEvents(sql, 9)
  return sql
}

test.each(tamperings)('verification says where: %s', async (_, statements, found) => {
  const sql = await tenEvents()
  const config = withKey(newKey())
  const heads = { heads: await headsAt(sql, config, [3, 8]), areSigned: true, ignored: 0, isEmpty: false }
  await tamper(sql, statements)
  const { break: broken, count, last } = await verifyAll(sql, heads, await readHeadKeys(config))
  expect({ ...broken }).toEqual(found)
  if (broken === null) expect({ count, last: last.seq }).toEqual({ count: 10, last: 10 })
})

test('a checkpoint that no known key signed does not stand for events that are gone', async () => {
  const sql = await tenEvents()
  const config = withKey(newKey())
  const heads = { heads: await headsAt(sql, config, [3, 8]), areSigned: true, ignored: 0, isEmpty: false }
  const [head] = heads.heads
  // Whoever may do everything in the database has the signatures of heads, too.
  const forged = {
    at: head?.at,
    actor: null,
    id: 'c',
    kind: 'checkpoint',
    result: 'done',
    detail: { ...head, events: 3 },
  }
  await sql`update audit_retention set kept_days = null`
  await sql`select prune_audit(${JSON.stringify(forged)})`
  expect((await verifyAll(sql, heads, await readHeadKeys(config))).break).toEqual({ seq: 1, how: 'removed' })
})

async function withHeads({ retentionDays = 0, laterMs = 0 } = {}) {
  const { sql, kafka, config } = await createDeployment()
  const offsets = createTopicOffsets(config.kafka, 'test')
  onTestFinished(offsets.close)
  await appendEvents(sql, 9)
  const topic = { kafka, offsets, topic: config.kafka.auditHeadsTopic }
  const deps = (key: string | null) => ({
    sql,
    heads: topic,
    config: withKey(key, retentionDays),
    clock: () => Date.now() + laterMs,
  })
  const verify = async (key: string | null) => {
    const keys = await readHeadKeys(withKey(key))
    return await verifyAll(sql, await readHeads(topic, keys), keys)
  }
  return { sql, topic, deps, verify }
}

test('a head is published when something is new, and not of a chain that somebody tampered with', async () => {
  const { sql, topic, deps, verify } = await withHeads()
  const key = newKey()
  // The key itself is the eleventh event.
  expect((await publishHead(deps(key))).head?.seq).toBe(11)
  expect(await publishHead(deps(key))).toMatchObject({ head: null, place: { seq: 11 }, break: null })
  await appendEvents(sql, 1)
  expect((await publishHead(deps(key))).head?.seq).toBe(12)
  await sendRecord(topic.kafka, topic.topic, '{"seq":99,"hash":"x","at":"2026-01-01"}')
  expect(await verify(key)).toMatchObject({
    head: { seq: 12 },
    areHeadsSigned: true,
    ignoredHeads: 1,
    break: null,
  })
  await tamper(sql, async (tx) => {
    await tx.unsafe(`update audit_event set body = ${changed} where seq = 12`)
    await hashAnew(tx, 12)
  })
  expect(await publishHead(deps(key))).toMatchObject({ head: null, break: { seq: 12, how: 'rebuilt' } })
  expect((await verify(key)).break).toEqual({ seq: 12, how: 'rebuilt' })
})

test('whoever takes the heads away and makes the chain anew gets no head of it, because Temporal remembers the last', async () => {
  const { sql, topic, deps } = await withHeads()
  const key = newKey()
  const { place } = await publishHead(deps(key))
  const emptied = { ...deps(key), heads: { ...topic, topic: `${topic.topic}-emptied` } }
  const admin = topic.kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: emptied.heads.topic, numPartitions: 1 }] })
  await admin.disconnect()
  expect(await publishHead(emptied, place)).toMatchObject({
    head: { seq: 11 },
    break: null,
    isTopicNew: true,
  })
  await tamper(sql, async (tx) => {
    await tx.unsafe(`update audit_event set body = ${changed} where seq = 5`)
    await hashAnew(tx, 1)
  })
  expect(await publishHead(emptied, place)).toMatchObject({ head: null, break: { how: 'rebuilt' } })
})

test('a check of a part goes on where the one before ended, and all parts together find what one check finds', async () => {
  const sql = await tenEvents()
  const config = withKey(newKey())
  const keys = await readHeadKeys(config)
  const heads = { heads: await headsAt(sql, config, [3, 8]), areSigned: true, ignored: 0, isEmpty: false }
  const check = (from: ChainPlace | null) => checkPart(sql, heads, keys, from, 4)
  const first = await check(null)
  const second = await check(first.next)
  const third = await check(second.next)
  expect([first, second, third].map(({ found, next }) => [found.from, found.break, next?.seq])).toEqual([
    [1, null, 4],
    [5, null, 8],
    [9, null, undefined],
  ])
  expect((await check({ seq: 4, hash: 'another' })).found.break).toEqual({ seq: 4, how: 'changed' })
  await tamper(sql, (tx) => tx.unsafe(`update audit_event set body = ${changed} where seq = 6`))
  expect((await check(null)).found.break).toBeNull()
  expect(await check(first.next)).toMatchObject({ found: { break: { seq: 6, how: 'changed' } }, next: null })
  await tamper(sql, (tx) => hashAnew(tx, 4))
  // Not the part that was changed, but heads tell at once.
  expect((await check(null)).found.break).toMatchObject({ how: 'rebuilt' })
})

test('on a new topic heads begin anew after a break, which the check of the whole chain goes on to report', async () => {
  const { sql, deps, verify } = await withHeads()
  const key = newKey()
  await tamper(sql, (tx) => tx`delete from audit_event where seq = 4`)
  expect((await publishHead(deps(key))).head?.seq).toBe(11)
  expect((await verify(key)).break).toEqual({ seq: 4, how: 'removed' })
})

test('without a key heads are published all the same, and the verification says that they are not signed', async () => {
  const { deps, verify } = await withHeads()
  expect((await publishHead(deps(null))).head).toMatchObject({ seq: 10, keyId: null, signature: null })
  expect(await verify(null)).toMatchObject({ head: { seq: 10 }, areHeadsSigned: false, break: null })
  expect(await verify(newKey())).toMatchObject({ head: null, ignoredHeads: 1, break: null })
})

test('what is past retention is pruned behind a signed checkpoint, and the rest is verified from there', async () => {
  const { sql, deps, verify } = await withHeads({ retentionDays: 2, laterMs: 3 * 86_400_000 })
  const key = newKey()
  await tamper(sql, async (tx) => {
    await tx`update audit_event set body = regexp_replace(body, '"at":"[^"]*"', '"at":"2026-01-01T00:00:00.000Z"')`
    await hashAnew(tx, 1)
  })
  await publishHead(deps(key))
  await appendEvents(sql, 2)
  expect(await pruneAudit(deps(key))).toMatchObject({
    events: 0,
    refusal: expect.stringContaining('until an administrator has run') as string,
  })
  // As in a database in which nobody but the workers says.
  await sql`update audit_retention set kept_days = null`
  // The clock of this worker is three days ahead, and that of Postgres is not.
  // The key that was published is an event of its own, and not past retention.
  expect(await pruneAudit(deps(key))).toEqual({ events: 10, refusal: null, break: null })
  const verification = await verify(key)
  expect(verification).toMatchObject({
    from: 11,
    count: 4,
    checkpoint: { seq: 10, isSigned: true },
    break: null,
  })
  expect(await pruneAudit(deps(key))).toMatchObject({ events: 0, break: null })
  await tamper(sql, (tx) => tx`delete from audit_event where seq = 11`)
  expect((await verify(key)).break).toEqual({ seq: 1, how: 'removed' })
})
