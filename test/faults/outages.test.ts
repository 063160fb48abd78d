import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { expect, onTestFinished, test } from 'vitest'
import { auditCheckId, auditHeadsId, reconcileTopicId, retentionId } from '../../workflows/contract.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import type { PartAction, PartName } from '../support/parts/part-control.ts'
import { expectLongSlices, progress } from '../support/deployment/progress.ts'
import type { RoleProcess } from '../support/deployment/role-process.ts'
import { controlPart } from '../support/parts/stack-control.ts'
import { partitionStatuses, temporalClient } from '../support/parts/temporal-client.ts'

/** Seconds that a part stays away; a longer time for a trial by hand. */
const OUTAGE_MS = Number(process.env['OUTAGE_SECONDS'] ?? 14) * 1_000
const PARTITIONS = 2
const LOGINS_PER_SECOND = 100
const options = { timeout: 420_000 + OUTAGE_MS }

test.for([
  ['Kafka is killed', 'kafka', 'kill', 'start'],
  ['Kafka hangs', 'kafka', 'suspend', 'resume'],
  ['Postgres is killed', 'postgres', 'kill', 'start'],
] as const)('%s: every partition waits, says so once, and goes on by itself', options, async (outage) => {
  const [, part, end, restart] = outage
  const { deployment, feed, worker, client, endFeed } = await ingestingUnderLoad()
  const back = await away(part, end, restart)
  await eventually(async () => {
    const statuses = await partitionStatuses(client, deployment)
    expect(statuses.map(({ state }) => state)).toEqual(['waiting', 'waiting'])
    for (const { reason } of statuses) expect(reason.toLowerCase()).toContain(`${part}: `)
  }, OUTAGE_MS)
  await back()
  await expectRunning(client, deployment)
  await endFeed()
  await untilRolledUp(deployment)
  await expectExact(deployment, feed.truth)
  expect(
    warnings(worker)
      .map(({ message }) => String(message).replace(/ at offset .*/, ''))
      .sort(),
  ).toEqual([0, 1].map((partition) => `${deployment.config.kafka.topic}/${partition} running -> waiting`))
  expect(feed.truth.totals().rejects).toBe(0)
})

test(
  'Temporal is killed: slices go on, the worker says so once, and nothing is lost or counted twice',
  options,
  async () => {
    const { deployment, feed, worker, client, endFeed } = await ingestingUnderLoad()
    const back = await away('temporal', 'kill', 'start')
    const before = (await progress(deployment)).read
    await eventually(async () => {
      expect((await progress(deployment)).read).toBeGreaterThan(before + 2 * LOGINS_PER_SECOND)
    }, OUTAGE_MS)
    await back()
    await endFeed()
    await expectExact(deployment, feed.truth)
    await expectRunning(client, deployment)
    expect(warnings(worker).map(({ message }) => message)).toEqual([
      'Temporal is away: running slices continue for up to a minute, then partitions wait until it is back',
    ])
  },
)

async function ingestingUnderLoad() {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: String(PARTITIONS) })
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts')
  const client = await temporalClient(deployment)
  const endFeed = feed.steadily(LOGINS_PER_SECOND)
  await eventually(async () => {
    expect((await progress(deployment)).published).toBeGreaterThan(2 * LOGINS_PER_SECOND)
    await expectLongSlices(deployment)
  })
  return { deployment, feed, worker, client, endFeed }
}

/** Takes a part away. What it returns waits for the rest of the outage and brings it back, as does the test's end. */
async function away(name: PartName, end: PartAction, restart: PartAction): Promise<() => Promise<void>> {
  const endsAt = Date.now() + OUTAGE_MS
  let isAway = true
  const bringBack = async () => {
    if (isAway) await controlPart(name, restart)
    isAway = false
  }
  onTestFinished(bringBack)
  await controlPart(name, end)
  return async () => {
    await sleep(endsAt - Date.now())
    await bringBack()
  }
}

async function expectRunning(client: Client, deployment: Deployment): Promise<void> {
  await eventually(async () => {
    const statuses = await partitionStatuses(client, deployment)
    expect(statuses.map(({ state, reason }) => `${state} ${reason}`)).toEqual(['running ', 'running '])
  }, 90_000)
}

/** Upkeep rests up to 30 s after each of its tasks where the machine is slow (worker/upkeep.ts). */
const ROLLED_UP_WITHIN_MS = 240_000

/** Waits until the worker has rolled up who was active: its upkeep goes on by itself, too. */
async function untilRolledUp({ sql }: Deployment): Promise<void> {
  await eventually(async () => {
    expect(await sql`select from sighting_delta`).toHaveLength(0)
  }, ROLLED_UP_WITHIN_MS)
}

const WARNINGS = ['warn', 'error', 'fatal']

/** Without those of schedules: they run by the clock, and one that falls into an outage says so. */
const warnings = (role: RoleProcess) =>
  role
    .log()
    .filter(
      (line) =>
        WARNINGS.includes(String(line['log.level'])) && !isOfSchedule(String(line['rollcall.workflow.id'])),
    )

const isOfSchedule = (workflowId: string) =>
  [reconcileTopicId, retentionId, auditHeadsId, auditCheckId].some((id) => workflowId.startsWith(id('')))
