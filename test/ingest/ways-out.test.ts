import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { replayBatchId, replayUpdate } from '../../workflows/contract.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { graphqlOf } from '../support/api/graphql-client.ts'
import { untilParked } from '../support/ledger/ledger.ts'
import { resumePartition, temporalClient } from '../support/parts/temporal-client.ts'
import { countedLogins, untilState } from '../support/deployment/until-state.ts'

test('what our own code fails at is no outage: after three attempts the record is found and parked, the rest is counted', async () => {
  const { deployment, feed, mend } = await faulty('unwritable', { FAULT_VALUE: 'trips-the-defect' })
  await feed.logins(100)
  await feed.reject('trips-the-defect', 'not_json')
  await feed.reject('another reject', 'not_json')
  await feed.logins(100)
  const [parked] = await untilParked(deployment, 1)
  expect(parked).toMatchObject({
    from: 100,
    to: 101,
    error: expect.stringMatching(/Rollcall: RangeError: Invalid time value/) as string,
  })
  mend()
  await replay(deployment, { from: 100, to: 101 })
  await expectExact(deployment, feed.truth)
})

test('a partition that waits for ever goes on when an operator parks the batch in hand, which a replay counts once', async () => {
  const { deployment, feed, mend } = await faulty('outage')
  await feed.logins(40)
  await untilState(deployment, 'waiting', /is away for this batch/)
  const ask = await graphqlOf(deployment.start('api/main.ts'))
  const answer = await park(ask, 'the cause is being looked for')
  expect(answer).toMatchObject({ partitions: [{ partition: 0, nextOffset: '40' }] })
  const [parked] = await untilParked(deployment, 1)
  expect(parked).toMatchObject({
    from: 0,
    to: 40,
    error: 'set aside by tester (unverified): the cause is being looked for',
  })
  mend()
  await feed.logins(60)
  await eventually(async () => {
    expect(await countedLogins(deployment)).toBe(60)
  })
  expect(await park(ask, 'again')).toMatchObject({ message: 'partition 0 is running' })
  await replay(deployment, { from: 0, to: 40 })
  await expectExact(deployment, feed.truth)
  await eventually(async () => {
    const audit = await deployment.sql`
      select actor, command, result, reason from control_event where command = 'park' order by id`
    expect([...audit]).toEqual([
      {
        actor: 'tester (unverified)',
        command: 'park',
        result: 'done',
        reason: 'the cause is being looked for',
      },
      { actor: 'tester (unverified)', command: 'park', result: 'refused', reason: 'again' },
    ])
  })
})

test('what is counted and cannot be published halts; its outputs are given up for now, and a replay publishes them without counting', async () => {
  const { deployment, feed, mend } = await faulty('unpublishable', { BATCH_MAX_RECORDS: '50' })
  await feed.logins(50)
  await feed.reject('no login', 'not_json')
  await untilState(deployment, 'halted', /Rollcall: RangeError: Invalid string length/)
  const before = await countedLogins(deployment)
  expect(before).toBeGreaterThan(0)
  mend()
  // The fault may be mended and its outputs still be unwanted for now: nothing was published of them yet.
  const ask = await graphqlOf(deployment.start('api/main.ts'))
  await park(ask, 'goes on without them')
  const withheld = await eventually(async () => {
    const rows = await withheldBatches(deployment)
    expect(rows.length).toBeGreaterThan(0)
    return rows
  })
  await feed.logins(50)
  await eventually(async () => {
    expect(await countedLogins(deployment)).toBe(100)
  })
  expect(await publishedLogins(ask)).toBe(100 - before)
  for (const batch of withheld) {
    await replay(deployment, batch)
    await replay(deployment, batch)
  }
  await expectExact(deployment, feed.truth)
  expect(await withheldBatches(deployment)).toEqual([])

  /** Of the ledger's batches that are committed, those whose outputs are on the topic. */
  async function publishedLogins(graphql: typeof ask) {
    const { batches } = (await graphql(`
      {
        batches(filter: { statuses: [COMMITTED] }) {
          edges {
            node {
              attempts
              withheldAt
            }
          }
        }
      }
    `)) as { batches: { edges: { node: { attempts: number; withheldAt: string | null } }[] } }
    return batches.edges.reduce((sum, { node }) => sum + (node.withheldAt === null ? node.attempts : 0), 0)
  }
})

test('outputs that the ledger says are withheld are not published with the gap, should the command end before Kafka has heard of it', async () => {
  const { deployment, feed, mend } = await faulty('unpublishable')
  await feed.logins(50)
  await untilState(deployment, 'halted', /Rollcall: RangeError/)
  await deployment.sql`update batch set withheld_at = now(), command_id = 'ended half-way' where status = 'committed'`
  const [batch] = await withheldBatches(deployment)
  mend()
  await resumePartition(await temporalClient(deployment), deployment, 0, 'mended')
  await feed.logins(50)
  await eventually(async () => {
    expect(await countedLogins(deployment)).toBe(100)
  })
  await replay(deployment, batch ?? expect.fail('nothing is withheld'))
  await expectExact(deployment, feed.truth)
})

/** A deployment of one partition whose worker has a fault, until it is mended. */
async function faulty(fault: string, settings: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-fault-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true })
  })
  const file = join(folder, 'fault')
  writeFileSync(file, '')
  const deployment = await createDeployment({
    KAFKA_PARTITIONS: '1',
    REJECT_HALT_PERCENT: '100',
    ...settings,
  })
  deployment.start('test/support/deployment/worker-with-fault.ts', {
    FAULT: fault,
    FAULT_FILE: file,
    ...settings,
  })
  const mend = () => {
    rmSync(file)
  }
  return { deployment, feed: createFeed(deployment), mend }
}

async function park(ask: Awaited<ReturnType<typeof graphqlOf>>, reason: string): Promise<unknown> {
  const mutation = `mutation ($reason: String!) { parkBatch(partition: 0, reason: $reason) {
    ... on IngestionCommandSuccess { partitions { partition state nextOffset } } ... on Error { message } } }`
  return (await ask(mutation, { reason }))['parkBatch']
}

async function replay(deployment: Deployment, range: { from: number; to: number }): Promise<void> {
  const client = await temporalClient(deployment)
  const workflowId = replayBatchId({
    topic: deployment.config.kafka.topic,
    partition: 0,
    incarnation: 0,
    from: String(range.from),
    to: String(range.to),
  })
  const request = { commandId: randomUUID(), actor: 'tester', reason: 'mended', partitions: [0] }
  const handle = client.workflow.getHandle(workflowId)
  const { status } = await handle.describe()
  // The workflow tries once by itself when it begins.
  if (status.name === 'RUNNING')
    await handle.executeUpdate(replayUpdate, { args: [request] }).catch(() => undefined)
  await handle.result()
}

async function withheldBatches({ sql }: Deployment): Promise<{ from: number; to: number }[]> {
  return [
    ...(await sql<{ from: number; to: number }[]>`
      select from_offset::integer as "from", to_offset::integer as "to" from batch where withheld_at is not null`),
  ]
}
