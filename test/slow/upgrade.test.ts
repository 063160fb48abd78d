import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { expect, onTestFinished, test } from 'vitest'
import { auditHeadsId, reconcileTopicId } from '../../workflows/contract.ts'
import { compareGraphql } from '../chaos/judge/compare-graphql.ts'
import { type Graphql, graphqlOf } from '../support/api/graphql-client.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { pause, resume } from '../support/deployment/pause-commands.ts'
import { progress } from '../support/deployment/progress.ts'
import { type ReleaseBefore, withReleaseBefore } from '../support/deployment/release-before.ts'
import type { RoleProcess } from '../support/deployment/role-process.ts'
import { workflowBundle } from '../support/deployment/workflow-bundle.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { temporalClient } from '../support/parts/temporal-client.ts'
import { expectExact } from '../support/truth/exactness.ts'

// Each replay is a worker that says how it starts and ends.
Runtime.install({ logger: new DefaultLogger('WARN') })

const PER_SECOND = 150
/** What is counted between two steps, at least. */
const STEP = 500
/** 0.4.0 has the levels of pino as numbers. */
const isFatal = (line: Record<string, unknown>) => line['log.level'] === 'fatal' || line['level'] === 60
const DAY_MS = 86_400_000
const project = fileURLToPath(new URL('../..', import.meta.url))

test('this version and the release before run side by side, any order, under load and kills, and back again: nothing is lost, nothing twice, all sums are right', async () => {
  const stop = new AbortController()
  onTestFinished(() => {
    stop.abort()
  })
  await withReleaseBefore(stop.signal, (before) => upgradeAndBack(before))
}, 900_000)

async function upgradeAndBack(before: ReleaseBefore): Promise<void> {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '4' }, before.template)
  const feed = createFeed(deployment)
  const started: RoleProcess[] = []
  const remember = (role: RoleProcess): RoleProcess => {
    started.push(role)
    return role
  }
  const old = (entry: string) => remember(before.start(deployment, entry))
  const own = (entry: string) => remember(deployment.start(entry, { WORKER_UPKEEP: 'false' }))
  const goesOn = async () => {
    const { read } = await progress(deployment)
    await eventually(async () => {
      expect((await progress(deployment)).read).toBeGreaterThan(read + STEP)
    })
  }

  const oldWorkers = [old('worker/main.ts'), old('worker/main.ts')] as const
  const oldApi = old('api/main.ts')
  const askOld = await graphqlOf(oldApi)
  const endFeed = feed.steadily(PER_SECOND)
  await goesOn()

  await migrate(deployment)
  await goesOn()
  expect(await total(askOld)).toBeGreaterThan(0)

  // Up, one by one.
  await oldWorkers[0].kill()
  const worker = own('worker/main.ts')
  await announced(worker)
  await goesOn()
  const askOwn = await graphqlOf(own('api/main.ts'))
  expect(await total(askOwn)).toBeGreaterThan(0)
  await command(askOwn, pause)
  await command(askOld, resume)
  await goesOn()
  oldWorkers[1].signal('SIGTERM')
  const upkeep = own('worker/upkeep-main.ts')
  const other = own('worker/main.ts')
  await announced(other)
  await oldApi.kill()
  await worker.kill()
  await goesOn()
  await runSchedules(deployment)

  // Back, with the schema of this version.
  await upkeep.kill()
  const back = old('worker/main.ts')
  await announced(back)
  await other.kill()
  const askBack = await graphqlOf(old('api/main.ts'))
  await goesOn()
  await command(askBack, pause)
  await command(askBack, resume)
  await goesOn()
  expect(await total(askBack)).toBeGreaterThan(0)
  await runSchedules(deployment)

  // And up again.
  const again = [own('worker/main.ts'), own('worker/upkeep-main.ts')] as const
  await announced(again[0])
  await back.kill()
  await goesOn()
  await endFeed()
  await expectExact(deployment, feed.truth)
  await runSchedules(deployment)
  expect(await compareGraphql(askOwn, feed.truth)).toEqual([])
  expect(await compareGraphql(askBack, feed.truth)).toEqual([])
  expect(started.flatMap((role) => role.log().filter(isFatal))).toEqual([])
  await expectReplays(deployment, [{ code: readFileSync(before.bundle, 'utf8') }, workflowBundle()])
}

async function migrate({ environment }: Deployment): Promise<void> {
  const { DATABASE_URL } = environment
  await promisify(execFile)(process.execPath, ['scripts/migrate.ts', '--bootstrap'], {
    cwd: project,
    env: { PATH: process.env['PATH'], ...environment, DATABASE_ADMIN_URL: DATABASE_URL },
  })
}

const announced = (worker: RoleProcess) =>
  eventually(() => {
    expect(worker.log().map(({ message, msg }) => message ?? msg)).toContain('worker is running')
  })

async function total(ask: Graphql): Promise<number> {
  const [from, to] = [-DAY_MS, DAY_MS].map((ms) => minuteOf(Date.now() + ms))
  const { measures } = await ask(`{ measures(from: "${from}", to: "${to}") { total { attempts } } }`)
  return (measures as { total: { attempts: number } }).total.attempts
}

async function command(ask: Graphql, mutation: string): Promise<void> {
  // A partition that is handed over at that moment answers late.
  await eventually(async () => {
    const [answer] = Object.values(await ask(mutation, { reason: 'an upgrade' }))
    expect(answer).toMatchObject({ __typename: 'IngestionCommandSuccess' })
  })
}

/** Waits until reconciliation and the head of the audit have been done once more, by whichever version. */
async function runSchedules(deployment: Deployment): Promise<void> {
  const { topic } = deployment.config.kafka
  const { schedule } = await temporalClient(deployment)
  for (const id of [reconcileTopicId(topic), auditHeadsId(topic)]) {
    const handle = schedule.getHandle(id)
    const before = (await handle.describe()).info.recentActions.length
    await handle.trigger('BUFFER_ONE')
    await eventually(async () => {
      const { info } = await handle.describe()
      expect(info.recentActions.length).toBeGreaterThan(before)
      expect(info.runningActions).toEqual([])
    })
  }
  const [run] = await deployment.sql`
    select max(differences)::integer as differences from reconciliation_run where topic = ${topic}`
  expect(run).toEqual({ differences: 0 })
}

/** What either version has begun, both can go on with. */
async function expectReplays(deployment: Deployment, bundles: { code: string }[]): Promise<void> {
  const { workflow } = await temporalClient(deployment)
  let replayed = 0
  for await (const { workflowId, runId } of workflow.list({
    query: `TaskQueue = '${deployment.config.temporal.taskQueue}'`,
  })) {
    const history = await workflow.getHandle(workflowId, runId).fetchHistory()
    for (const bundle of bundles)
      await Worker.runReplayHistory({ workflowBundle: bundle }, history, workflowId)
    replayed++
  }
  expect(replayed).toBeGreaterThan(4)
}

const minuteOf = (ms: number): string => new Date(Math.floor(ms / 60_000) * 60_000).toISOString()
