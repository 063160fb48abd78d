import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { expectCommands } from '../support/api/expect-commands.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { graphqlOf, type Graphql } from '../support/api/graphql-client.ts'
import { batchesOf, untilParked } from '../support/ledger/ledger.ts'

const runFields = `runId state refusal isDryRun maxPerMinute
  plan { attempts rejects failingCount firstEventAt incrementCount batches { batchId attempts error } increments { start deviceType attempts } }
  progress { batchCount triedCount replayedCount failedCount }
  results { batchId outcome attempts error }`
const run = `{ __typename ... on ReplayRun { ${runFields} } ... on Error { message } }`
const replayMany = `mutation ($filter: ParkedBatchFilter, $dryRun: Boolean!, $maxPerMinute: Int, $commandId: ID) {
  replayBatches(filter: $filter, dryRun: $dryRun, maxPerMinute: $maxPerMinute, reason: "mended", commandId: $commandId) ${run}
}`
const control = (field: string) =>
  `mutation ($runId: ID!) { ${field}(runId: $runId, reason: "because") ${run} }`
const replayRun = `query ($commandId: ID!) { replayRun(runId: $commandId) { ${runFields} } }`

test('many parked batches are planned, replayed at a rate, paused, resumed and cancelled from GraphQL; a command is one run', async () => {
  const { deployment, feed, ask } = await parking(['refused-1', 'refused-2', 'stays-1'])
  const [first, second, third] = await batchesOf(deployment, 'parked')
  await deployment.sql`alter table login drop constraint refuses_users`
  await deployment.sql`alter table login add constraint still_refuses check (user_id not like 'stays-%')`

  const dry = { commandId: randomUUID(), dryRun: true, filter: { errorContains: 'REFUSES_users' } }
  const planned = {
    runId: dry.commandId,
    isDryRun: true,
    plan: {
      attempts: 2,
      failingCount: 1,
      incrementCount: expect.any(Number) as number,
      batches: [
        { batchId: first?.id, attempts: 1, error: null },
        { batchId: second?.id, attempts: 1, error: null },
        { batchId: third?.id, attempts: 0, error: expect.stringMatching(/still_refuses/) as string },
      ],
    },
    results: [],
  }
  await ask(replayMany, dry)
  expect(await untilState(ask, dry.commandId, 'DONE')).toMatchObject(planned)
  expect(await ask(replayMany, { ...dry, dryRun: false })).toMatchObject({ replayBatches: planned })
  const none = { commandId: randomUUID(), dryRun: true, filter: { errorContains: 'disk full' } }
  await ask(replayMany, none)
  expect(await untilState(ask, none.commandId, 'DONE')).toMatchObject({
    plan: { batches: [], firstEventAt: null },
  })

  const slow = { commandId: randomUUID(), dryRun: false, maxPerMinute: 1 }
  await ask(replayMany, slow)
  await eventually(async () => {
    expect(await ask(replayRun, slow)).toMatchObject({
      replayRun: { progress: { triedCount: 1, replayedCount: 1 } },
    })
  })
  const onSlow = (field: string) => ask(control(field), { runId: slow.commandId })
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
    progress: { batchCount: 2, triedCount: 2, replayedCount: 1, failedCount: 1 },
    results: [
      { batchId: second?.id, outcome: 'REPLAYED', attempts: 1, error: '' },
      { batchId: third?.id, outcome: 'FAILED', error: expect.stringMatching(/still_refuses/) as string },
    ],
  })
  await eventually(async () => {
    expect(await ask(control('pauseReplayRun'), { runId: rest.commandId })).toMatchObject({
      pauseReplayRun: { __typename: 'CommandRefusedError', message: 'the run has ended' },
    })
  })
  await deployment.sql`alter table login drop constraint still_refuses`
  const last = { commandId: randomUUID(), dryRun: false, filter: { batchIds: [third?.id] } }
  await ask(replayMany, last)
  await untilState(ask, last.commandId, 'DONE')
  await expectExact(deployment, feed.truth)

  const unknown = randomUUID()
  expect(await ask(control('cancelReplayRun'), { runId: unknown })).toMatchObject({
    cancelReplayRun: { __typename: 'NotFoundError' },
  })
  await expect(ask(replayRun, { commandId: unknown })).rejects.toThrow(/NOT_FOUND/)
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
  // The worker is still starting.
  await eventually(async () => {
    expect(await ask(replayMany, many)).toMatchObject(refused)
  })
  expect(await ask(replayMany, many)).toMatchObject(refused)
  expect(await ask(replayRun, many)).toMatchObject({
    replayRun: { state: 'DONE', refusal: refused.replayBatches.message, plan: null },
  })
  await expectCommands(deployment, ['replay_many refused'])
})

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
