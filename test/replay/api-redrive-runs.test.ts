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
