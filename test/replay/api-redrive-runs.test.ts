import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { expectCommands } from '../support/api/expect-commands.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { graphqlOf } from '../support/api/graphql-client.ts'

test('rejects are redriven from GraphQL after a rule was mended: once, each with its history, and the batch with its revision', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1', LOGIN_MAX_BYTES: '1024' })
  const feed = createFeed(deployment)
  const strict = deployment.start('worker/main.ts')
  const ask = await graphqlOf(deployment.start('api/main.ts'))
  await feed.logins(50)
  await feed.loginOf('large-1', { note: 'x'.repeat(2_000), outcome: 'pending' })
  await feed.reject('{"no":"login"}', 'user_id_missing')
  await eventually(async () => {
    const rows = await deployment.sql`select from rejected_login`
    expect(rows.length).toBe(2)
  })
  strict.signal('SIGTERM')
  await strict.exited
  const mended = deployment.start('worker/main.ts', { LOGIN_MAX_BYTES: '65536' })
  await eventually(() => {
    expect(mended.log().map(({ message }) => message)).toContain('worker is running')
  })

  const outcome = {
    examinedRejects: 2,
    attempts: 1,
    remainingRejects: [{ reason: 'USER_ID_MISSING', rejects: 1 }],
    failedBatches: [],
  }
  const untilDone = async (started: { dryRun: boolean; commandId: string }) => {
    await ask(redrive, started)
    await eventually(async () => {
      expect(await ask(redriveRun, { commandId: started.commandId })).toMatchObject({
        redriveRun: { ...outcome, state: 'DONE', isDryRun: started.dryRun, batchCount: 1, doneCount: 1 },
      })
    })
  }
  await untilDone({ dryRun: true, commandId: randomUUID() })
  expect(await ask(rejects, { redriven: true })).toEqual({ rejectedRecords: { edges: [] } })
  const commandId = randomUUID()
  await untilDone({ dryRun: false, commandId })
  expect(await ask(redrive, { dryRun: false, commandId })).toMatchObject({ redriveRejectedRecords: outcome })
  await eventually(async () => {
    expect(await ask(rejects, { redriven: true })).toEqual({
      rejectedRecords: {
        edges: [
          {
            node: {
              reason: 'TOO_LARGE',
              isRedriven: true,
              redrives: [{ runId: commandId, isAttempt: true, reason: null }],
            },
          },
        ],
      },
    })
  })
  expect(await ask(rejects, { redriven: false })).toMatchObject({
    rejectedRecords: {
      edges: [
        {
          node: {
            isRedriven: false,
            redrives: [{ runId: commandId, isAttempt: false, reason: 'USER_ID_MISSING' }],
          },
        },
      ],
    },
  })
  await eventually(async () => {
    expect(await ask('{ ingestion { unknownOutcomes { text attempts } } }')).toEqual({
      ingestion: { unknownOutcomes: [{ text: 'pending', attempts: 1 }] },
    })
  })
  const changed = `{ batches { edges { node {
    revision incarnation changedAt revisions { kind commandId attempts rejects isPublished }
  } } } }`
  await eventually(async () => {
    const { batches } = (await ask(changed)) as { batches: { edges: { node: { revision: number } }[] } }
    expect(batches.edges.filter(({ node }) => node.revision > 0)).toEqual([
      {
        node: {
          revision: 1,
          incarnation: 0,
          changedAt: expect.any(String) as string,
          revisions: [{ kind: 'REDRIVE', commandId, attempts: 1, rejects: -1, isPublished: true }],
        },
      },
    ])
  })
  await expectExact(deployment, feed.truth)
  await expectCommands(deployment, ['redrive done'])
})

const redriveFields =
  'state isDryRun batchCount doneCount examinedRejects attempts remainingRejects { reason rejects } failedBatches { error }'
const redrive = `mutation ($dryRun: Boolean!, $commandId: ID) {
  redriveRejectedRecords(dryRun: $dryRun, reason: "the limit was raised", commandId: $commandId) { __typename ... on RedriveRun { ${redriveFields} } ... on Error { message } }
}`
const redriveRun = `query ($commandId: ID!) { redriveRun(runId: $commandId) { ${redriveFields} } }`
const rejects = `query ($redriven: Boolean) { rejectedRecords(filter: { isRedriven: $redriven }) {
  edges { node { reason isRedriven redrives { runId isAttempt reason } } }
} }`
