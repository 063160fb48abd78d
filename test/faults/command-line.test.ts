import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'
import { type Health, HEALTH_QUESTION } from '../../cli/health-question.ts'
import { HOST } from '../../stack/processes/ports.ts'
import { graphqlOf, portOf } from '../support/api/graphql-client.ts'
import { type Ended, rollcall } from '../support/deployment/command-line.ts'
import type { RoleProcess } from '../support/deployment/role-process.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { countedLogins } from '../support/deployment/until-state.ts'
import { eventually } from '../support/eventually.ts'
import { startOpenIdProvider } from '../support/identity/open-id-provider.ts'
import { deleteRecords } from '../support/kafka/delete-records.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { controlPart } from '../support/parts/stack-control.ts'
import { scrape } from '../support/metrics/scrape.ts'

/** A screen of a terminal. */
const [LINES, COLUMNS] = [24, 80]

test('one screen says what is wrong at night, and the commands that it names go on', async () => {
  const { deployment, feed, run, status, ask, worker, api } = await running()
  const good = await run('status')
  expect(good).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^OK {2}all is well/) as string })
  const lines = good.out.trimEnd().split('\n')
  expect(lines.length).toBeLessThanOrEqual(LINES)
  expect(lines.filter((line) => line.length > COLUMNS)).toEqual([])
  const calm = await status()
  expect(calm.dependencies.map(({ kind, isUp }) => [kind, isUp])).toEqual([
    ['KAFKA', true],
    ['POSTGRES_PRIMARY', true],
    ['POSTGRES_REPLICA', true],
    ['TEMPORAL', true],
    ['WORKERS', true],
    ['UPKEEP', true],
  ])
  expect(calm.partitions).toMatchObject([
    { state: 'RUNNING', lag: 0, undrained: 'DRAINED', untaken: 'NOTHING_UNREAD' },
  ])

  // Paused: what is unread is at risk, and the pace becomes known.
  expect(await run('pause', '--partition', '0', '--reason', 'a look at it')).toMatchObject({ code: 0 })
  expect(await run('pause', '--reason', 'again')).toMatchObject({
    code: 4,
    err: expect.stringContaining('is paused') as string,
  })
  await feed.logins(20)
  const paused = await eventually(async () => {
    const found = await status()
    expect(found.partitions).toMatchObject([{ state: 'PAUSED', lag: 20 }])
    expect(found.partitions[0]?.readPerSecond).toBe(0)
    return found
  }, 30_000)
  expect(paused.severity).toBe('WARN')
  const left = Date.parse(paused.partitions[0]?.retentionTakesAt ?? '') - Date.parse(paused.at)
  expect(left / 86_400_000).toBeCloseTo(7, 1)
  expect((await retentionMetric(api)) / 86_400).toBeCloseTo(7, 1)
  expect(await run('status')).toMatchObject({ code: 1, out: expect.stringContaining('6 d 23 h') as string })
  const [problem] = paused.problems
  expect(problem).toMatchObject({ kind: 'PAUSED', runbook: 'docs/runbook.md#rollcallpaused' })
  await follow(run, problem?.nextSteps[0]?.commandLine)

  // Parked: counted once the cause is mended, or given up.
  await deployment.sql`alter table login add constraint refuses_users check (user_id not like 'refused-%')`
  await feed.loginOf('refused-1')
  await feed.logins(1)
  await feed.loginOf('refused-2')
  const parked = await eventually(async () => {
    const { unsettledBatches } = await status()
    expect(unsettledBatches).toHaveLength(2)
    return (unsettledBatches ?? []).map(({ batchId }) => batchId)
  })
  const [first = '', second = ''] = parked
  const screen = await run('status')
  expect(screen.out).toContain(`batch ${first}: partition 0`)
  expect(screen.out).not.toContain('refused-1')
  expect(await run('replay', first, '--reason', 'too early')).toMatchObject({
    code: 4,
    err: expect.stringContaining('refuses_users') as string,
  })
  expect(await run('replay', '--all', '--dry-run', '--reason', 'a plan')).toMatchObject({
    code: 0,
    out: expect.stringContaining('2 would fail again') as string,
  })
  await deployment.sql`alter table login drop constraint refuses_users`
  expect(await run('replay', first, '--reason', 'mended')).toMatchObject({
    code: 0,
    out: `batch ${first} replayed: 1 attempts, 0 rejects\n`,
  })
  expect(await run('skip', second, '--reason', 'nobody is there to be asked')).toMatchObject({ code: 64 })
  const skipped = await run('skip', second, '--reason', 'a test', '--yes', '--json')
  expect(skipped.code).toBe(0)
  expect(JSON.parse(skipped.out)).toMatchObject({ batchId: second, outcome: 'SKIPPED' })

  // Halted: the command that goes on is the one for this halt.
  await run('pause', '--reason', 'retention is to be faster')
  await feed.logins(5)
  const end = await eventually(async () => {
    const { ingestion } = (await ask('{ ingestion { partitions { endOffset lag } } }')) as {
      ingestion: { partitions: { endOffset: string; lag: number }[] }
    }
    expect(ingestion.partitions[0]?.lag).toBe(5)
    return Number(ingestion.partitions[0]?.endOffset)
  })
  await deleteRecords(deployment.kafka, deployment.config.kafka.topic, 0, end - 2)
  const lost = await eventually(async () => {
    const found = await status()
    expect(found.partitions[0]?.retentionTakesAt).toBe(found.at)
    return found
  })
  expect(lost).toMatchObject({ severity: 'PAGE' })
  expect(lost.problems[0]).toMatchObject({ kind: 'RETENTION_NEAR' })
  await run('resume', '--reason', 'go on')
  const halted = await eventually(async () => {
    const found = (await status()).problems.find(({ kind }) => kind === 'HALTED')
    expect(found).toBeDefined()
    return found
  })
  expect(halted).toMatchObject({ severity: 'PAGE', runbook: 'docs/runbook.md#accept-a-loss' })
  const told = await run('status')
  expect(told.code).toBe(2)
  await ask(halted?.nextSteps[0]?.mutation ?? '')
  await eventually(async () => {
    expect(await status()).toMatchObject({ severity: null, lag: 0 })
  })

  // Nobody reads.
  await worker.kill()
  await eventually(async () => {
    expect(await run('status')).toMatchObject({
      code: 2,
      out: expect.stringContaining('no worker answers') as string,
    })
  })
  expect(await run('pause', '--reason', 'nobody is there')).toMatchObject({
    code: 5,
    err: expect.stringMatching(/no worker answers.*--command-id/) as string,
  })
})

test('while a part is away the rest is answered', async () => {
  const { run, status } = await running()
  const parts = [
    ['kafka', 'KAFKA'],
    ['temporal', 'TEMPORAL'],
    ['postgres', 'POSTGRES_PRIMARY'],
  ] as const
  for (const [part, kind] of parts) {
    await controlPart(part, 'suspend')
    onTestFinished(() => controlPart(part, 'resume'))
    const found = await eventually(async () => {
      const health = await status()
      expect(health.dependencies.filter(({ isUp }) => !isUp).map((one) => one.kind)).toContain(kind)
      expect(health.severity).toBe('PAGE')
      return health
    }, 30_000)
    const others = new Set(['KAFKA', 'TEMPORAL', 'POSTGRES_REPLICA'])
    const up = found.dependencies.filter(({ kind: one, isUp }) => isUp && others.has(one))
    expect(up.map((one) => one.kind).sort()).toEqual([...others].filter((one) => one !== kind).sort())
    expect(found.partitions).toHaveLength(1)
    expect(await run('status')).toMatchObject({
      code: 2,
      out: expect.stringContaining('docs/runbook.md#rollcalldependencyaway') as string,
    })
    await controlPart(part, 'resume')
    await eventually(async () => {
      expect((await status()).dependencies.filter(({ isUp }) => !isUp)).toEqual([])
    }, 30_000)
  }
})

test('a program commands by its service token, with its roles alone; without one nobody is asked twice', async () => {
  const provider = await startOpenIdProvider([['admin', 'operator']])
  const { deployment } = await running()
  const port = await portOf(deployment.start('api/main.ts', provider.settings))
  const admin = await provider.token('admin', 'operator')
  const make = async (role: string) => {
    const response = await fetch(`http://${HOST}:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${admin}` },
      body: JSON.stringify({
        query: `mutation { createServiceToken(name: "night", purpose: "a test", roles: [${role}], expiresAt: "${new Date(Date.now() + 3_600_000).toISOString()}") { ... on CreatedServiceToken { text } } }`,
      }),
    })
    const { data } = (await response.json()) as { data: { createServiceToken: { text: string } } }
    const file = join(inject('runFolder'), `token-${role}`)
    writeFileSync(file, data.createServiceToken.text, { mode: 0o600 })
    return { ROLLCALL_TOKEN_FILE: file }
  }
  const [viewer, operator] = [await make('VIEWER'), await make('OPERATOR')]
  const seen = await rollcall(port, ['status', '--json'], viewer)
  expect(seen.code).toBe(0)
  const health = JSON.parse(seen.out) as Health
  expect(health).toMatchObject({ reconciledAt: null, openDiscrepancyCount: null, isAuditIntact: null })
  expect(health.dependencies.map(({ address }) => address)).toEqual(health.dependencies.map(() => null))
  expect(await rollcall(port, ['pause', '--reason', 'no role'], viewer)).toMatchObject({
    code: 3,
    err: expect.stringContaining('needs the role operator') as string,
  })
  expect(await rollcall(port, ['pause', '--reason', 'a role'], operator)).toMatchObject({ code: 0 })
  expect(await rollcall(port, ['resume', '--reason', 'a role'], operator)).toMatchObject({ code: 0 })
  expect(await rollcall(port, ['status'])).toMatchObject({
    code: 3,
    out: '',
    err: expect.stringContaining('ROLLCALL_TOKEN_FILE') as string,
  })
  expect(await rollcall(1, ['status'])).toMatchObject({
    code: 3,
    err: expect.stringMatching(/no API answers .*ROLLCALL_URL/) as string,
  })
})

/** A deployment that reads, and the command line for its API. */
async function running() {
  const deployment: Deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts')
  const api = deployment.start('api/main.ts', { API_METRICS_PORT: '0' })
  const [ask, port] = [await graphqlOf(api), await portOf(api)]
  const run = (...args: string[]) => rollcall(port, args)
  const status = async () => (await ask(HEALTH_QUESTION))['health'] as Health
  await feed.logins(10)
  await eventually(async () => {
    expect(await countedLogins(deployment)).toBe(10)
    expect(await status()).toMatchObject({ severity: null, lag: 0 })
  })
  return { deployment, feed, worker, api, run, status, ask }
}

/** What Prometheus is told of the only partition. */
async function retentionMetric(api: RoleProcess): Promise<number> {
  const text = await scrape(api)
  const sample = /^rollcall_partition_retention_remaining_seconds\{partition="0"\} (\S+)$/m.exec(text)
  return Number(sample?.[1])
}

/** Types what a status says, with a reason. */
async function follow(
  run: (...args: string[]) => Promise<Ended>,
  line: string | null | undefined,
): Promise<void> {
  const words = (line ?? '').replace('"why"', 'seen').split(' ')
  expect(words.shift()).toBe('rollcall')
  expect(await run(...words)).toMatchObject({ code: 0 })
}
