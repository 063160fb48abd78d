import { expect, test } from 'vitest'
import { graphqlOf, type Graphql } from '../support/api/graphql-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { batchesOf, untilParked } from '../support/ledger/ledger.ts'
import { startRedrive } from '../support/ledger/start-redrive.ts'

const RANGE = 'from: "2020-01-01", to: "2100-01-01"'
const LATE = { timestamp: 1_700_000_000 }

type Tally = { attempts: number; failures: number }
type Explained = {
  earlier: Tally
  later: Tally
  unexplained: Tally
  causes: { kind: string; attempts: number; contributions: { attempts: number }[]; message: string }[]
}

async function answerOf(ask: Graphql) {
  const { measures } = await ask(
    `{ measures(${RANGE}) { total { attempts failures } freshness { position } } }`,
  )
  return measures as { total: Tally; freshness: { position: string } }
}

test('replays, redrives and late attempts of a running deployment add up to the difference of any two answers', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '2' })
  await deployment.sql`alter table login add constraint refuses_users check (user_id not like 'refused-%')`
  const feed = createFeed(deployment)
  const ask = await graphqlOf(deployment.start('api/main.ts'))
  const small = deployment.start('worker/main.ts', { LOGIN_MAX_BYTES: '1000' })
  const untilCounted = (attempts: number) =>
    eventually(async () => {
      const answer = await answerOf(ask)
      expect(answer.total.attempts).toBe(attempts)
      return answer
    })

  await feed.logins(200)
  await feed.loginOf('large', { pad: 'x'.repeat(2_000) })
  await feed.loginOf('refused-1')
  const answers = [await untilCounted(200)]
  const [parked] = await untilParked(deployment, 1)
  await feed.logins(50)
  await feed.loginOf('late', LATE)
  answers.push(await untilCounted(251))
  await deployment.sql`alter table login drop constraint refuses_users`
  await ask(`mutation { replayBatch(batchId: "${parked?.id}", reason: "mended") { __typename } }`)
  expect(await batchesOf(deployment, 'replayed')).toHaveLength(1)
  answers.push(await untilCounted(252))
  small.signal('SIGTERM')
  await small.exited
  deployment.start('worker/main.ts')
  await (await startRedrive(deployment)).result()
  answers.push(await untilCounted(253))

  const causes = [
    { BATCHES: 50, LATE: 1 },
    { REPLAY: 1 },
    { REDRIVE: 1 },
    { BATCHES: 50, LATE: 1, REPLAY: 1 },
    { REPLAY: 1, REDRIVE: 1 },
    { BATCHES: 50, LATE: 1, REPLAY: 1, REDRIVE: 1 },
  ]
  const pairs = [
    [0, 1],
    [1, 2],
    [2, 3],
    [0, 2],
    [1, 3],
    [0, 3],
  ]
  for (const [i, [from = 0, to = 0]] of pairs.entries()) {
    const [earlier, later] = [answers[from], answers[to]]
    const { explainDifference } = await ask(
      `query ($earlier: String!, $later: String!) {
        explainDifference(${RANGE}, earlier: { position: $earlier }, later: { position: $later }) {
          earlier { attempts failures } later { attempts failures } unexplained { attempts failures }
          causes { kind attempts message contributions { attempts } } } }`,
      { earlier: earlier?.freshness.position, later: later?.freshness.position },
    )
    const explained = explainDifference as Explained
    expect(explained).toMatchObject({
      ...{ earlier: earlier?.total, later: later?.total },
      unexplained: { attempts: 0, failures: 0 },
    })
    expect(Object.fromEntries(explained.causes.map(({ kind, attempts }) => [kind, attempts]))).toEqual(
      causes[i],
    )
    for (const { attempts, contributions } of explained.causes)
      expect(contributions.reduce((sum, one) => sum + one.attempts, 0)).toBe(attempts)
  }
})
