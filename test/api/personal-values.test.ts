import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, it } from 'vitest'
import { encodeGlobalId } from '../../api/context/global-id.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { isPermission, isPermitted, permissions } from '../../domain/access/permission.ts'
import { type Role, roles } from '../../domain/access/role.ts'
import type { AuditEvent } from '../../domain/audit/audit-event.ts'
import { HOST } from '../../stack/processes/ports.ts'
import { portOf } from '../support/api/graphql-client.ts'
import { subscribe } from '../support/api/live-client.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { everyQuestion } from '../support/identity/every-answer.ts'
import { LOGINS, MARKS, marksIn, sendMarked } from '../support/identity/marked-values.ts'
import { startOpenIdProvider } from '../support/identity/open-id-provider.ts'

/** An API whose database holds marks in every personal value; `ask` returns what it sends, as text. */
async function openMarked(documents: (known: Known) => string[]) {
  const provider = await startOpenIdProvider(roles.map((role) => [role]))
  const deployment = await createDeployment({
    ...{ ...provider.settings, INSIGHT_SIZE: '2' },
    ...{ AUDIT_READS: 'persons', TRUSTED_PROXIES: HOST },
  })
  const worker = deployment.start('worker/main.ts', { LOG_LEVEL: 'debug' })
  await sendMarked(deployment)
  const { sql } = deployment
  await eventually(async () => {
    expect(await sql`select from insight`).not.toHaveLength(0)
    expect(await sql`select from rejected_login`).toHaveLength(1)
  })
  const known = await knownOf(deployment)
  const file = join(inject('runFolder'), `documents-${process.pid}.json`)
  const byHash = Object.fromEntries(documents(known).map((document) => [hashOf(document), document]))
  writeFileSync(file, JSON.stringify(byHash))
  const api = deployment.start('api/main.ts', {
    ...{ API_DOCUMENTS: file, API_QUESTIONS_PER_SECOND: '100000', LOG_LEVEL: 'debug' },
  })
  const port = await portOf(api)
  const headers = new Map<string, { authorization: string }>()
  for (const role of roles) headers.set(role, { authorization: `Bearer ${await provider.token(role)}` })
  const as = (role: string) => headers.get(role) ?? { authorization: '' }
  const url = `http://${HOST}:${port}/graphql`
  const json = { 'content-type': 'application/json' }
  return {
    ...{ known, port, as, sql },
    logs: () => [...worker.log(), ...api.log()],
    byPost: async (role: string, body: object, more: Record<string, string> = {}) =>
      await (
        await fetch(url, {
          method: 'POST',
          headers: { ...json, ...as(role), ...more },
          body: JSON.stringify(body),
        })
      ).text(),
    byGet: async (role: string, query: string) =>
      await (await fetch(`${url}?query=${encodeURIComponent(query)}`, { headers: as(role) })).text(),
  }
}

const hashOf = (document: string) => createHash('sha256').update(document).digest('hex')

type Known = Awaited<ReturnType<typeof knownOf>>

async function knownOf({ sql }: Deployment) {
  const [reject] = await sql<
    { batch_id: bigint; kafka_offset: bigint }[]
  >`select batch_id, kafka_offset from rejected_login`
  const batch = String(reject?.batch_id)
  const ids = ['User', 'Device', 'Address'].map((name) => encodeGlobalId(name, 1))
  const rows = [
    encodeGlobalId('Attempt', `${batch}.0`),
    encodeGlobalId('RejectedRecord', `${batch}.${reject?.kafka_offset}`),
    encodeGlobalId('Batch', batch),
  ]
  return {
    ...{ userId: '"mark-user"', deviceId: '"mark-device"', ip: '"203.0.113.77"', eventId: '"mark-event"' },
    ...{ batchId: `"${batch}"`, partition: '0', offset: `"${reject?.kafka_offset}"`, runId: '"none"' },
    ...{
      'node.id': JSON.stringify(rows[0]),
      ids: JSON.stringify([...rows, ...ids]),
      earlier: '{at: "2026-01-01"}',
    },
    ...{
      'lineage.from': '"2026-01-01"',
      'lineage.to': '"2099-01-01"',
      'measures.bucket': 'DAY',
      'measures.first': '5',
    },
    'measures.groupBy': '[LOCALE]',
  }
}

it('may be looked for in the answers to few roles, because these may ask all that others may ask', () => {
  const asked = (held: readonly Role[]) =>
    Object.keys(permissions).filter((one) => isPermission(one) && isPermitted(held, one))
  expect(asked(roles.filter((role) => role !== 'analyst'))).toEqual(asked(ASKED_EVERYTHING))
})

it('reach an analyst in every way, and nobody else in any', async () => {
  const wrapped = (known: Known) => everyQuestion(known).map(({ document }) => `{ ${document} }`)
  const people = ['USER', 'DEVICE', 'ADDRESS'].map(
    (by) => `{ measures(groupBy: [${by}], first: 5) { groups { values node { id } } } }`,
  )
  const { byPost, byGet, known, port, as, sql, logs } = await openMarked((known) => [
    ...wrapped(known),
    ...people,
  ])
  const questions = [...wrapped(known), ...people]
  expect(questions.length).toBeGreaterThan(300)

  const telling: string[] = []
  const ofPersons: string[] = []
  const seen = new Set<string>()
  await each(questions, async (query) => {
    const marks = marksIn(await byPost('analyst', { query }, placeOf(query, 'first')))
    if (marks.length > 0) telling.push(query)
    if (marks.some((mark) => mark !== 'mark-spelling')) ofPersons.push(query)
    for (const mark of marks) seen.add(mark)
  })
  expect([...seen].toSorted()).toEqual(MARKS.toSorted())
  expect(telling.length).toBeGreaterThan(20)

  // Many of them are cached by now.
  await each(ofPersons, async (query) => {
    await eventually(async () => {
      const answer = await byPost('analyst', { query }, placeOf(query, 'again'))
      expect(marksIn(answer), answer).not.toHaveLength(0)
    })
  })
  const looks = await looksIn(sql)
  const unseen = ofPersons.flatMap((query) =>
    ['first', 'again']
      .map((time) => placeOf(query, time)['x-request-id'])
      .filter((id) => !looks.some(({ detail }) => detail.requestId === id))
      .map(() => query),
  )
  expect(unseen).toEqual([])
  // Whose they are is known of all but rejects that are shown without their records.
  const nameless = looks.filter(
    ({ detail: { whom, fields } }) =>
      whom.length === 0 && !Object.keys(fields).every((field) => /^(Reject|Query)\./.test(field)),
  )
  expect(nameless).toEqual([])
  expect(marksIn(JSON.stringify(looks))).toEqual([])

  // Spellings may be seen by those who mend failures.
  const mayKnow = (role: string) => (['operator', 'auditor'].includes(role) ? ['mark-spelling'] : [])
  const asked = Object.values<string>(known)
  const leaks: unknown[] = []
  const judge = (role: Role, way: string, query: string, answer: string) => {
    // What the question itself has in its arguments may be told back.
    const told = marksIn(answer).filter(
      (mark) =>
        !mayKnow(role).includes(mark) &&
        !asked.some((value) => query.includes(value) && value.includes(mark)),
    )
    if (told.length > 0) leaks.push([role, way, query, told])
  }
  const answered = new Map<string, Role[]>()
  for (const role of roles.filter((one) => one !== 'analyst'))
    await each(ASKED_EVERYTHING.includes(role) ? questions : telling, async (query) => {
      const answer = await byPost(role, { query })
      judge(role, 'POST', query, answer)
      if (!answer.includes('"FORBIDDEN"')) answered.set(query, [...(answered.get(query) ?? []), role])
    })
  expect(leaks).toEqual([])

  // A mask knows of roles and of no way: each question goes each other way as one of those who may ask it.
  let turn = 0
  const askAs = async (some: string[], ask: (role: Role, query: string) => Promise<void>) => {
    await each(some, async (query) => {
      const mayAsk = answered.get(query) ?? ASKED_EVERYTHING
      const role = mayAsk[turn++ % mayAsk.length]
      if (role !== undefined) await ask(role, query)
    })
  }
  await askAs(telling, async (role, query) => {
    judge(role, 'GET', query, await byGet(role, query))
  })
  await askAs(telling, async (role, query) => {
    judge(role, 'persisted', query, await byPost(role, { documentId: `sha256:${hashOf(query)}` }))
  })
  const live = telling.filter((one) => LIVE.test(one))
  await askAs(live, async (role, query) => {
    const subscription = await subscribe(port, `subscription ${query}`, as(role))
    await eventually(() => {
      expect(subscription.events.length).toBeGreaterThan(0)
    })
    judge(role, 'events', query, subscription.events.map(({ text }) => text).join('\n'))
    subscription.close()
  })
  expect(leaks).toEqual([])
  expect(live.length).toBeGreaterThan(10)
  const after = await looksIn(sql)
  expect(new Set(after.map(({ actor }) => actor.subject))).toEqual(new Set(['analyst']))
  expect(after).toHaveLength(looks.length)
  const shown = await subscribe(port, 'subscription { attempts { nodes { userId } } }', as('analyst'))
  await eventually(() => {
    expect(shown.events[0]?.text).toContain('mark-user')
  })
  expect((await looksIn(sql)).at(-1)).toMatchObject({
    actor: { subject: 'analyst', verified: true },
    detail: { by: 'subscription', fields: { 'Attempt.userId': LOGINS }, counts: { user: 1 }, more: 0 },
  })
  const pseudonym = /user-[0-9a-f]{16}/.exec(
    await byPost('viewer', { query: '{ attempts { nodes { userId } } }' }),
  )
  expect((await looksIn(sql)).at(-1)?.detail.whom).toEqual([pseudonym?.[0]])
  // An audit that takes nothing.
  await sql`revoke execute on function append_audit_event from rollcall_api`
  const refused = await byPost('analyst', { query: '{ attempts { nodes { deviceId } } }' })
  expect(refused).toContain('AUDIT_UNAVAILABLE')
  expect(marksIn(refused)).toEqual([])
  expect(await byPost('analyst', { query: '{ measures { total { logins } } }' })).not.toContain('errors')
  const ended = await subscribe(port, 'subscription { attempts { nodes { ip } } }', as('analyst'))
  await ended.ended
  expect(ended.events.map(({ answer }) => answer.errors?.[0]?.extensions.code)).toEqual(['AUDIT_UNAVAILABLE'])

  // Where else a text of a client may be.
  await fetch(`http://${HOST}:${port}/users/mark-user?id=mark-user`)
  await fetch(`http://${HOST}:${port}/sign-in/with/mark-user`)
  const marked = {
    query: 'query markOperation { markAlias: node(id: 7) { markField } }',
    operationName: 'markOther',
  }
  const texts = [
    'x-request-id',
    'user-agent',
    'x-forwarded-for',
    'x-rollcall-mark-key',
    'last-event-id',
    'traceparent',
  ]
  for (const header of texts) await byPost('viewer', marked, { [header]: 'mark-user' })
  await byPost(
    'nobody',
    { ...marked, variables: { id: 'mark-user' } },
    { authorization: 'Bearer mark-session' },
  )
  const lines = logs().map((line) => JSON.stringify(line))
  expect(lines.length).toBeGreaterThan(questions.length)
  expect(
    lines.filter((line) => marksIn(line).length > 0 || /markOp|markAlias|markOther|markField/.test(line)),
  ).toEqual([])
})

/** Headers that tell a question from all others, so that its look is an event of its own. */
const placeOf = (query: string, time: string) => {
  const id = hashOf(`${time} ${query}`)
  return { 'x-request-id': id, 'x-forwarded-for': `2001:db8:${id.slice(0, 4)}:${id.slice(4, 8)}::1` }
}

type LookEvent = Pick<AuditEvent<'persons_read'>, 'detail'> & { actor: { subject: string } }

const looksIn = (sql: Sql) =>
  sql<LookEvent[]>`
    select body::jsonb -> 'actor' as actor, body::jsonb -> 'detail' as detail from audit_event
    where kind = 'persons_read' order by seq`

/** What the others may ask who may not see persons, one of these may ask, too. */
const ASKED_EVERYTHING: Role[] = ['operator', 'admin']

const LIVE = /^\{ (attempts|rejectedRecords|insights|ingestion|measures|batches)\b/

/** As many at a time as a client may have waiting. */
const AT_ONCE = 15

async function each(questions: readonly string[], ask: (question: string) => Promise<void>): Promise<void> {
  const left = [...questions]
  const askOn = async () => {
    for (let query = left.shift(); query !== undefined; query = left.shift()) await ask(query)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, askOn))
}
