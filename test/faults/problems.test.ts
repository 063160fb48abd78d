import { expect, onTestFinished, test } from 'vitest'
import { HOST } from '../../stack/processes/ports.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { graphqlOf, type Graphql } from '../support/api/graphql-client.ts'
import { pause } from '../support/deployment/pause-commands.ts'
import type { RoleProcess } from '../support/deployment/role-process.ts'
import { controlPart } from '../support/parts/stack-control.ts'
import { countedLogins } from '../support/deployment/until-state.ts'

type Problem = {
  kind: string
  component: string
  message: string
  partitions: number[]
  batchCount: number | null
}

const DRIVERS_WORDS = /DEADLINE_EXCEEDED|\bUNAVAILABLE|remote_addr|LB pick|\d+ [A-Z]+_[A-Z]+:/

test.each(['SIGSTOP', 'SIGKILL'] as const)(
  'a worker that is gone (%s) is named by every answer, with the time of its last report',
  async (signal) => {
    const { worker, ask, ready } = await running()
    onTestFinished(() => {
      worker.signal('SIGCONT')
    })
    worker.signal(signal)
    const said = /^no worker answers: none has reported since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ.*npm run worker/
    const [problem] = await problems(ask)
    expect(problem).toMatchObject({
      kind: 'NO_WORKER',
      component: 'WORKER',
      message: expect.stringMatching(said) as string,
    })
    const probe = await ready()
    expect(probe.status).toBe(200)
    expect(probe.problems).toMatchObject([
      { kind: 'no_worker', message: expect.stringMatching(said) as string },
    ])
    const { pauseIngestion } = await ask(pause, { reason: 'why' })
    expect(pauseIngestion).toMatchObject({
      __typename: 'NoWorkerError',
      message: expect.stringMatching(said) as string,
    })
    expect(JSON.stringify([problem, probe, pauseIngestion])).not.toMatch(DRIVERS_WORDS)
  },
)

test.each(['suspend', 'kill'] as const)(
  'a Temporal that is away (%s) is named with its address, and in no words of its driver',
  async (how) => {
    const { deployment, ask, ready } = await running()
    onTestFinished(() => controlPart('temporal', how === 'kill' ? 'start' : 'resume'))
    await controlPart('temporal', how)
    const said = new RegExp(`^Temporal does not answer at ${deployment.config.temporal.address}`)
    const [problem] = await problems(ask)
    expect(problem).toMatchObject({
      kind: 'COMPONENT_UNAVAILABLE',
      component: 'TEMPORAL',
      message: expect.stringMatching(said) as string,
    })
    const probe = await ready()
    expect(probe).toMatchObject({
      status: 503,
      parts: { temporal: { ok: false, message: expect.stringMatching(said) as string } },
    })
    const { pauseIngestion } = await ask(pause, { reason: 'why' })
    expect(pauseIngestion).toMatchObject({
      __typename: 'TemporalUnavailableError',
      message: expect.stringMatching(said) as string,
    })
    expect(JSON.stringify([problem, probe, pauseIngestion])).not.toMatch(DRIVERS_WORDS)
  },
)

test('a parked batch and a paused partition are in the log once, in ingestion and in /ready, until they are settled', async () => {
  const { deployment, worker, ask, ready, feed } = await running()
  await deployment.sql`alter table login add constraint refuses_users check (user_id not like 'refused-%')`
  await feed.loginOf('refused-1')
  const parked = await eventually(async () => {
    const [problem] = await problems(ask)
    if (problem === undefined) throw new Error('nothing is parked yet')
    return problem
  })
  expect(parked).toMatchObject({
    kind: 'PARKED_BATCHES',
    batchCount: 1,
    message: expect.stringMatching(/^1 batch parked: /) as string,
  })
  expect(await ready()).toMatchObject({
    status: 200,
    ready: true,
    problems: [{ kind: 'parked_batches', batches: 1 }],
  })
  const [batch] = await deployment.sql<{ id: bigint }[]>`select id from batch where status = 'parked'`
  const lines = () =>
    worker.log().map((line) => `${String(line['message'])} ${String(line['error.message'])}`)
  const { topic } = deployment.config.kafka
  // Postgres knows of the batch before the worker says so.
  await eventually(() => {
    expect(lines().filter((line) => line.includes('parked as batch'))).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${topic}/0 offset \\d+: parked as batch ${batch?.id}, .*replayBatch\\(id: "${batch?.id}"\\) Postgres: .*refuses_users`,
        ),
      ),
    ])
  })
  await ask(pause, { reason: 'looking at it' })
  expect(await problems(ask)).toMatchObject([
    {
      kind: 'PAUSED',
      partitions: [0],
      message: expect.stringMatching(/^partition 0 is paused: looking at it/) as string,
    },
    { kind: 'PARKED_BATCHES' },
  ])
  await ask('mutation { resumeIngestion(reason: "seen") { __typename } }')
  await deployment.sql`alter table login drop constraint refuses_users`
  await ask(`mutation { replayBatch(batchId: "${batch?.id}", reason: "dropped") { __typename } }`)
  await eventually(async () => {
    expect(await problems(ask)).toEqual([])
    expect(lines().filter((line) => / replayed: | by command /.test(line))).toMatchObject([
      expect.stringMatching(/running -> paused .* by command /),
      expect.stringMatching(/paused -> running .* by command /),
      expect.stringMatching(new RegExp(`batch ${batch?.id} replayed: 1 logins counted`)),
    ])
  })
})

/** A deployment that reads, its API, and what `/ready` of it says. */
async function running() {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts')
  const api = deployment.start('api/main.ts')
  const ask = await graphqlOf(api)
  await feed.logins(10)
  await eventually(async () => {
    expect(await countedLogins(deployment)).toBe(10)
    expect(await problems(ask)).toEqual([])
  })
  return { deployment, feed, worker, ask, ready: () => probe(api) }
}

async function problems(ask: Graphql): Promise<Problem[]> {
  const { ingestion } = await ask(
    '{ ingestion { problems { kind component message partitions batchCount } } }',
  )
  return (ingestion as { problems: Problem[] }).problems
}

async function probe(api: RoleProcess) {
  const port = Number(api.log().find((entry) => typeof entry['server.port'] === 'number')?.['server.port'])
  const response = await fetch(`http://${HOST}:${port}/ready`)
  return { status: response.status, ...((await response.json()) as { problems: Problem[] }) }
}
