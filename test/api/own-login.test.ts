import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HOST } from '../../stack/processes/ports.ts'
import { graphqlAt, portOf } from '../support/api/graphql-client.ts'
import { subscribe } from '../support/api/live-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { openPlacedProducer } from '../support/kafka/placed-producer.ts'
import { ownFolder } from '../support/parts/own-folder.ts'
import { batchesOf, untilParked } from '../support/ledger/ledger.ts'

type Refusal = { code: string; fate?: string; behind?: number }
type Answer = { data: { measures: Counts } | null; errors?: { extensions: Refusal }[] }
type Counts = { total: { attempts: number } }

const COUNTS = 'measures(bucket: DAY) { total { attempts } }'
const REPLAY = `mutation ($id: Offset!) {
  replayBatch(batchId: $id, reason: "mended") { ... on BatchCommandSuccess { outcome } ... on Error { message } }
}`
const totalOf = ({ data }: Answer): number => data?.measures.total.attempts ?? 0

/** A worker, an API that reads from a replica, and a producer that knows where its records are. */
async function openOwn(settings: Record<string, string> = {}) {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '2', ...settings })
  const documents = join(ownFolder(), 'documents.json')
  await writeFile(documents, JSON.stringify({ counts: `{ ${COUNTS} }` }))
  const port = await portOf(deployment.start('api/main.ts', { API_DOCUMENTS: documents }))
  const send = await openPlacedProducer(deployment)
  const headers = (named: string, timeoutMs = 30_000) => ({
    'x-rollcall-read-after': named,
    'x-rollcall-read-timeout-ms': String(timeoutMs),
  })
  const url = `http://${HOST}:${port}/graphql`
  const byPost = async (named: string, timeoutMs?: number): Promise<Answer> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers(named, timeoutMs) },
      body: JSON.stringify({ query: `{ ${COUNTS} }` }),
    })
    return (await response.json()) as Answer
  }
  const byDocument = async (named: string): Promise<Answer> => {
    const response = await fetch(`${url}?documentId=sha256:counts`, {
      headers: { accept: 'application/graphql-response+json', ...headers(named) },
    })
    return (await response.json()) as Answer
  }
  const bySubscription = async (named: string): Promise<Answer> => {
    const { events, close } = await subscribe(port, `subscription { ${COUNTS} }`, headers(named))
    const first = await eventually(() => {
      const [event] = events
      if (event === undefined) throw new Error('there is no event yet')
      return event
    })
    close()
    return first.answer as unknown as Answer
  }
  return { deployment, port, send, byPost, byDocument, bySubscription }
}

const login = (userId: string, more: object = {}) => ({
  ...{ user_id: userId, device_id: 'd', ip: '192.0.2.1', timestamp: Math.floor(Date.now() / 1000) },
  ...more,
})

test('a producer that names its own login by the offset that Kafka acknowledged is never answered without it', async () => {
  const { deployment, send, byPost, byDocument, bySubscription } = await openOwn()
  deployment.start('worker/main.ts')
  const ways = [byPost, byDocument, bySubscription]
  for (let sent = 1; sent <= 30; sent++) {
    const place = await send(login(`user-${sent}`), sent % 2)
    const answer = await ways[sent % ways.length]?.(place)
    expect(answer?.errors).toBeUndefined()
    if (answer !== undefined) expect(totalOf(answer)).toBe(sent)
  }
})

test('a login in a parked batch is refused until it is replayed, a reject until it is redriven, by every way to ask', async () => {
  const { deployment, port, send, byPost, byDocument, bySubscription } = await openOwn()
  await deployment.sql`alter table login add constraint refuses_users check (user_id not like 'refused-%')`
  const refused = await send(login('refused-1'))
  const reject = await send('no JSON')
  const later = await send(login('user-2'))
  deployment.start('worker/main.ts')
  await untilParked(deployment, 1)
  expect(totalOf(await byPost(later))).toBe(1)
  for (const ask of [byPost, byDocument]) {
    expect((await ask(refused)).errors).toMatchObject([
      { extensions: { code: 'NEVER_COUNTED', fate: 'PARKED' } },
    ])
    expect((await ask(reject)).errors).toMatchObject([
      { extensions: { code: 'NEVER_COUNTED', fate: 'REJECT' } },
    ])
  }
  const [parked] = await batchesOf(deployment, 'parked')
  await deployment.sql`alter table login drop constraint refuses_users`
  expect(await graphqlAt(port)(REPLAY, { id: parked?.id })).toEqual({ replayBatch: { outcome: 'REPLAYED' } })
  for (const ask of [byPost, byDocument, bySubscription]) expect(totalOf(await ask(refused))).toBe(2)
})

test('a producer that knows no offsets names its login by event_id, whatever that is', async () => {
  const { deployment, send, byPost, byDocument, bySubscription } = await openOwn({
    LOGIN_RETENTION_DAYS: '2',
  })
  deployment.start('worker/main.ts')
  const ids = ['e-20240710-4711', 'Ä, 100%', '😀'.repeat(128), `a'b"c\\d;e`, 'x'.repeat(128), ' e ']
  const ways = [byPost, byDocument, bySubscription]
  for (const [i, id] of ids.entries()) {
    await send(login(`user-${i}`, { event_id: id }), i % 2)
    const answer = await ways[i % ways.length]?.(`event:${encodeURIComponent(id)}`)
    expect(answer?.errors).toBeUndefined()
    if (answer !== undefined) expect(totalOf(answer)).toBe(i + 1)
  }

  const again = await send(login('user-0', { event_id: ids[0] }), 1)
  expect(totalOf(await byPost(`event:${ids[0]},${again}`))).toBe(ids.length + 1)

  const rejected = await send({ event_id: 'rejected' })
  const old = await send(login('user-9', { event_id: 'too-old', timestamp: 1_700_000_000 }))
  expect((await byPost(old)).errors).toBeUndefined()
  expect((await byPost(rejected)).errors).toMatchObject([{ extensions: { fate: 'REJECT' } }])
  for (const id of ['rejected', 'too-old', 'never-sent', 'E-20240710-4711', 'e'])
    expect((await byPost(`event:${id}`, 200)).errors).toMatchObject([
      { extensions: { code: 'NOT_YET_COUNTED', fate: 'NEVER_SEEN' } },
    ])
})
