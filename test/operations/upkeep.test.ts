import { expect, test } from 'vitest'
import { HOST } from '../../stack/processes/ports.ts'
import { auditHeadsId, reconcileTopicId } from '../../workflows/contract.ts'
import { type Graphql, graphqlOf } from '../support/api/graphql-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import type { RoleProcess } from '../support/deployment/role-process.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { scrape } from '../support/metrics/scrape.ts'
import { temporalClient } from '../support/parts/temporal-client.ts'
import { expectExact } from '../support/truth/exactness.ts'

const LOGINS = 100
const said = /^no process does upkeep: .*npm run upkeep/

test('workers that do no upkeep count; who is active waits for a process that does upkeep, and every answer says so', async () => {
  const deployment = await createDeployment({ WORKER_UPKEEP: 'false' })
  const { topic } = deployment.config.kafka
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts', { WORKER_METRICS_PORT: '0' })
  const api = deployment.start('api/main.ts')
  const ask = await graphqlOf(api)
  await feed.logins(LOGINS)
  await eventually(async () => {
    const { ingestion } = await ask('{ ingestion { lag } }')
    expect(ingestion).toEqual({ lag: 0 })
  })
  // As if the worker had started half a minute ago.
  await deployment.sql`update worker set started_at = started_at - interval '31 seconds'`
  await eventually(async () => {
    expect(await problems(ask)).toEqual([
      { kind: 'NO_UPKEEP', component: 'WORKER', message: expect.stringMatching(said) as string },
    ])
  })
  expect(await looked(ask)).toMatchObject({ isUp: false, message: expect.stringMatching(said) as string })
  expect((await ready(worker, 'worker is running')).parts['upkeep']).toEqual({
    ok: true,
    message: expect.stringMatching(said) as string,
  })
  expect(await pendingSightings(deployment)).toBeGreaterThan(0)

  const upkeep = [0, 1].map(() => deployment.start('worker/upkeep-main.ts', { WORKER_METRICS_PORT: '0' }))
  await eventually(async () => {
    expect(await problems(ask)).toEqual([])
    expect(await pendingSightings(deployment)).toBe(0)
    expect(await looked(ask)).toMatchObject({ isUp: true, message: null })
  }, 30_000)
  await expectExact(deployment, feed.truth)
  expect((await ready(worker, 'worker is running')).parts['upkeep']).toEqual({ ok: true })
  const [first, second] = await Promise.all(upkeep.map((role) => scrape(role)))
  expect(first).toMatch(/rollcall_build_info\{.*role="upkeep"/)
  expect(`${first}${second}`).toContain(
    'rollcall_upkeep_task_duration_seconds_count{task="roll_up_sightings"}',
  )
  expect(await scrape(worker)).not.toContain('rollcall_upkeep_task_duration_seconds_count{')

  // Workers have its workflows, and the processes that do upkeep its activities.
  const { schedule, workflow } = await temporalClient(deployment)
  for (const id of [reconcileTopicId(topic), auditHeadsId(topic)])
    await schedule.getHandle(id).trigger('BUFFER_ONE')
  await eventually(async () => {
    const [run] = await deployment.sql`select from reconciliation_run where topic = ${topic}`
    expect(run).toBeDefined()
  }, 30_000)
  const names = new Set<string>()
  for await (const { workflowId } of workflow.list({ query: "WorkflowType = 'reconcileTopic'" }))
    if (workflowId.startsWith(reconcileTopicId(topic)))
      for (const event of (await workflow.getHandle(workflowId).fetchHistory()).events ?? [])
        names.add(event.activityTaskScheduledEventAttributes?.taskQueue?.name ?? '')
  expect(names).toContain(`${deployment.config.temporal.taskQueue}-upkeep`)

  const [last, other] = upkeep
  await other?.kill()
  last?.signal('SIGTERM')
  expect(await last?.exited).toBe(0)
  // The one that was killed is forgotten after some seconds.
  const left = await deployment.sql<{ name: string }[]>`
    select name from upkeep_process where topic = ${topic}`
  expect(left.filter(({ name }) => name.startsWith(`${last?.pid}@`))).toEqual([])
})

/** What `health` finds of upkeep. */
async function looked(ask: Graphql): Promise<unknown> {
  const { health } = await ask('{ health { dependencies { kind isUp message } } }')
  const { dependencies } = health as { dependencies: { kind: string }[] }
  return dependencies.find(({ kind }) => kind === 'UPKEEP')
}

async function problems(ask: Graphql): Promise<unknown> {
  const { ingestion } = await ask('{ ingestion { problems { kind component message } } }')
  return (ingestion as { problems: unknown }).problems
}

const pendingSightings = async ({ sql }: Awaited<ReturnType<typeof createDeployment>>): Promise<number> => {
  const [row] = await sql<{ pending: number }[]>`select count(*)::integer as pending from sighting_delta`
  return row?.pending ?? 0
}

async function ready(role: RoleProcess, line: string) {
  const said = role.log().find(({ message }) => message === line) ?? expect.fail(`no line "${line}"`)
  const response = await fetch(`http://${HOST}:${Number(said['server.port'])}/ready`)
  return (await response.json()) as { parts: Record<string, { ok: boolean; message?: string }> }
}
