import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createDeployment, type Deployment } from './deployment.ts'
import { eventually } from './eventually.ts'
import { expectExact } from './exactness.ts'
import { createFeed } from './feed.ts'
import { graphqlOf, type Graphql } from './graphql-client.ts'
import { batchesOf, untilParked } from './ledger.ts'

const run = `{
  __typename
  ... on ReplayRun {
    commandId state refusal dryRun maxPerMinute
    plan { logins rejects failing firstEventAt countsInAll batches { id logins error } counts { hour deviceType logins } }
    progress { batches tried replayed failed }
    results { id outcome logins error }
  }
  ... on Error { message }
}`
const replayMany = `mutation ($filter: ParkedBatchFilter, $dryRun: Boolean!, $maxPerMinute: Int, $commandId: ID) {
  replayBatches(filter: $filter, dryRun: $dryRun, maxPerMinute: $maxPerMinute, reason: "mended", commandId: $commandId) ${run}
}`
const control = (field: string) => `mutation ($run: ID!) { ${field}(run: $run, reason: "because") ${run} }`
const replayRun = `query ($commandId: ID!) { replayRun(commandId: $commandId) ${run} }`

test('many parked batches are planned, replayed at a rate, paused, resumed and cancelled from GraphQL; a command is one run', async () => {
  const { deployment, feed, ask } = await parking(['refused-1', 'refused-2', 'stays-1'])
  const [first, second, third] = await batchesOf(deployment, 'parked')
  await deployment.sql`alter table login drop constraint refuses_users`
  await deployment.sql`alter table login add constraint still_refuses check (user_id not like 'stays-%')`

  const dry = { commandId: randomUUID(), dryRun: true, filter: { error: 'REFUSES_users' } }
  const planned = {
    commandId: dry.commandId,
    dryRun: true,
    plan: {
      logins: 2,
      failing: 1,
      countsInAll: expect.any(Number) as number,
      batches: [
        { id: first?.id, logins: 1, error: null },
        { id: second?.id, logins: 1, error: null },
        { id: third?.id, logins: 0, error: expect.stringMatching(/still_refuses/) as string },
      ],
    },
    results: [],
  }
  await ask(replayMany, dry)
  expect(await untilState(ask, dry.commandId, 'DONE')).toMatchObject(planned)
  expect(await ask(replayMany, { ...dry, dryRun: false })).toMatchObject({ replayBatches: planned })
  const none = { commandId: randomUUID(), dryRun: true, filter: { error: 'disk full' } }
  await ask(replayMany, none)
  expect(await untilState(ask, none.commandId, 'DONE')).toMatchObject({
    plan: { batches: [], firstEventAt: null },
  })

  const slow = { commandId: randomUUID(), dryRun: false, maxPerMinute: 1 }
  await ask(replayMany, slow)
  await eventually(async () => {
    expect(await ask(replayRun, slow)).toMatchObject({ replayRun: { progress: { tried: 1, replayed: 1 } } })
  })
  const onSlow = (field: string) => ask(control(field), { run: slow.commandId })
  expect(await onSlow('pauseReplayRun')).toMatchObject({ pauseReplayRun: { state: 'PAUSED' } })
  expect(await onSlow('pauseReplayRun')).toMatchObject({
    pauseReplayRun: { __typename: 'CommandRefusedError' },
  })
  expect(await onSlow('resumeReplayRun')).toMatchObject({ resumeReplayRun: { state: 'RUNNING' } })
  expect(await onSlow('cancelReplayRun')).toMatchObject({ cancelReplayRun: { state: 'CANCELLED' } })
  expect(await batchesOf(deployment, 'parked')).toHaveLength(2)

  const rest = { commandId: randomUUID(), dryRun: false, maxPerMinute: 6_000, filter: { partitions: [0] } }
  await ask(replayMany, rest)
  expect(await untilState(ask, rest.commandId, 'DONE')).toMatchObject({
    progress: { batches: 2, tried: 2, replayed: 1, failed: 1 },
    results: [
      { id: second?.id, outcome: 'REPLAYED', logins: 1, error: '' },
      { id: third?.id, outcome: 'FAILED', error: expect.stringMatching(/still_refuses/) as string },
    ],
  })
  await eventually(async () => {
    expect(await ask(control('pauseReplayRun'), { run: rest.commandId })).toMatchObject({
      pauseReplayRun: { __typename: 'CommandRefusedError', message: 'the run has ended' },
    })
  })
  await deployment.sql`alter table login drop constraint still_refuses`
  const last = { commandId: randomUUID(), dryRun: false, filter: { ids: [third?.id] } }
  await ask(replayMany, last)
  await untilState(ask, last.commandId, 'DONE')
  await expectExact(deployment, feed.truth)

  const unknown = randomUUID()
  expect(await ask(control('cancelReplayRun'), { run: unknown })).toMatchObject({
    cancelReplayRun: { __typename: 'NotFoundError' },
  })
  expect(await ask(replayRun, { commandId: unknown })).toMatchObject({
    replayRun: { __typename: 'NotFoundError' },
  })
  await expectCommands(deployment, [
    'cancel_run done',
    'cancel_run failed',
    'pause_run done',
    'pause_run refused',
    'replay_many done',
    'resume_run done',
  ])
})

test('a run of more batches than one may have is refused, and says so again when its command is repeated', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  deployment.start('worker/main.ts')
  const ask = await graphqlOf(deployment.start('api/main.ts'))
  await deployment.sql`
    insert into batch (id, topic, partition, from_offset, to_offset, status, logins, rejects, gaps, login_rows, processed_at,
                       handed_over_at, error, code_version)
    select n, ${deployment.config.kafka.topic}, 7, n, n + 1, 'parked', 0, 0, 0, 0, now(), now(), 'refused', 'test'
    from generate_series(1, 501) as n`
  const many = { commandId: randomUUID(), dryRun: true }
  const refused = {
    replayBatches: {
      __typename: 'CommandRefusedError',
      message: 'more than 500 batches match: narrow the filter',
    },
  }
  expect(await ask(replayMany, many)).toMatchObject(refused)
  expect(await ask(replayMany, many)).toMatchObject(refused)
  expect(await ask(replayRun, many)).toMatchObject({
    replayRun: { state: 'DONE', refusal: refused.replayBatches.message, plan: null },
  })
  await expectCommands(deployment, ['replay_many refused'])
})

test('rejects are redriven from GraphQL after a rule was mended: once, each with its history, and the batch with its revision', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1', LOGIN_MAX_BYTES: '1024' })
  const feed = createFeed(deployment)
  const strict = deployment.start('worker/main.ts')
  const ask = await graphqlOf(deployment.start('api/main.ts'))
  await feed.logins(50)
  await feed.loginOf('large-1', { note: 'x'.repeat(2_000) })
  await feed.reject('{"no":"login"}', 'user_id_missing')
  await eventually(async () => {
    const rows = await deployment.sql`select from rejected_login`
    expect(rows.length).toBe(2)
  })
  strict.signal('SIGTERM')
  await strict.exited
  const mended = deployment.start('worker/main.ts', { LOGIN_MAX_BYTES: '65536' })
  await eventually(() => {
    expect(mended.log().map(({ msg }) => msg)).toContain('worker is running')
  })

  const outcome = { examined: 2, logins: 1, stay: [{ reason: 'USER_ID_MISSING', rejects: 1 }], failures: [] }
  const untilDone = async (started: { dryRun: boolean; commandId: string }) => {
    await ask(redrive, started)
    await eventually(async () => {
      expect(await ask(redriveRun, { commandId: started.commandId })).toMatchObject({
        redriveRun: { ...outcome, state: 'DONE', dryRun: started.dryRun, batches: 1, batchesDone: 1 },
      })
    })
  }
  await untilDone({ dryRun: true, commandId: randomUUID() })
  expect(await ask(rejects, { redriven: true })).toEqual({ rejectedLogins: { edges: [] } })
  const commandId = randomUUID()
  await untilDone({ dryRun: false, commandId })
  expect(await ask(redrive, { dryRun: false, commandId })).toMatchObject({ replayRejected: outcome })
  await eventually(async () => {
    expect(await ask(rejects, { redriven: true })).toEqual({
      rejectedLogins: {
        edges: [
          {
            node: {
              reason: 'TOO_LARGE',
              redriven: true,
              redrives: [{ commandId, becameLogin: true, reason: null }],
            },
          },
        ],
      },
    })
  })
  expect(await ask(rejects, { redriven: false })).toMatchObject({
    rejectedLogins: {
      edges: [
        {
          node: { redriven: false, redrives: [{ commandId, becameLogin: false, reason: 'USER_ID_MISSING' }] },
        },
      ],
    },
  })
  const changed = `{ batches { ... on BatchConnection { edges { node {
    revision incarnation changedAt revisions { kind commandId logins rejects published }
  } } } } }`
  await eventually(async () => {
    const { batches } = (await ask(changed)) as { batches: { edges: { node: { revision: number } }[] } }
    expect(batches.edges.filter(({ node }) => node.revision > 0)).toEqual([
      {
        node: {
          revision: 1,
          incarnation: 0,
          changedAt: expect.any(String) as string,
          revisions: [{ kind: 'REDRIVE', commandId, logins: 1, rejects: -1, published: true }],
        },
      },
    ])
  })
  await expectExact(deployment, feed.truth)
  await expectCommands(deployment, ['redrive done'])
})

const redriveFields = `{
  __typename
  ... on RedriveRun { state dryRun batches batchesDone examined logins stay { reason rejects } failures { error } }
  ... on Error { message }
}`
const redrive = `mutation ($dryRun: Boolean!, $commandId: ID) {
  replayRejected(dryRun: $dryRun, reason: "the limit was raised", commandId: $commandId) ${redriveFields}
}`
const redriveRun = `query ($commandId: ID!) { redriveRun(commandId: $commandId) ${redriveFields} }`
const rejects = `query ($redriven: Boolean) { rejectedLogins(filter: { redriven: $redriven }) {
  ... on RejectedLoginConnection { edges { node { reason redriven redrives { commandId becameLogin reason } } } }
} }`

/** A deployment with an API, in which the logins of the named users are parked, one batch each. */
async function parking(users: string[]) {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  await deployment.sql`alter table login add constraint refuses_users check (user_id !~ '^(refused|stays)-')`
  const feed = createFeed(deployment)
  deployment.start('worker/main.ts')
  const ask = await graphqlOf(deployment.start('api/main.ts'))
  await feed.logins(100)
  for (const user of users) await feed.loginOf(user)
  await untilParked(deployment, users.length)
  return { deployment, feed, ask }
}

async function untilState(ask: Graphql, commandId: string, state: string) {
  return await eventually(async () => {
    const { replayRun: status } = await ask(replayRun, { commandId })
    expect(status).toMatchObject({ state })
    return status
  })
}

/** Commands of the audit beside the single replays, each kind once; they are written in the background. */
async function expectCommands({ sql }: Deployment, commands: string[]): Promise<void> {
  await eventually(async () => {
    const rows = await sql<{ entry: string }[]>`
      select distinct command || ' ' || result as entry from control_event where command <> 'replay' order by 1`
    expect(rows.map(({ entry }) => entry)).toEqual(commands)
  })
}
