import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { ingestPartitionId, ingestTopicId, pauseUpdate, replayBatchId } from '../../workflows/contract.ts'
import { openPage } from '../support/parts/browser.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { batchesOf, untilParked } from '../support/ledger/ledger.ts'
import { temporalClient } from '../support/parts/temporal-client.ts'
import { webUiOn } from '../support/parts/web-ui.ts'

// The clicks of docs/runbook.md.

test('the Web UI lists what is parked and says why; its clicks replay one or many, each login counted once, and give one up with a reason', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1', BATCH_MAX_RECORDS: '100' })
  const feed = createFeed(deployment)
  await refuseUser(deployment, 'refused-1')
  for (let i = 0; i < 3; i++) {
    await feed.logins(60)
    await feed.loginOf('refused-1')
  }
  deployment.start('worker/main.ts')
  const parked = await parkedIds(deployment, 3)
  const ui = webUiOn(await openPage())
  const list = `BatchState="parked" AND ExecutionStatus="Running" AND RollcallTopic="${deployment.config.kafka.topic}"`
  await ui.openList(list)
  expect(await ui.listed(3)).toEqual([...parked].sort())

  const [one = '', ...many] = parked
  await ui.openIndexed(one)
  const details = await ui.currentDetails('parked')
  expect(details).toContain('offset 60: parked')
  expect(details).toContain('violates check constraint "refuses_refused-1"')
  await ui.fillUpdate('replay')
  expect(await ui.submitUpdate()).toEqual(expect.stringContaining('constraint "refuses_refused-1"'))
  await ui.closeUpdate()
  await untilParked(deployment, 3)
  await allowUser(deployment, 'refused-1')
  await ui.fillUpdate('replay', 'the constraint is gone')
  expect(await ui.submitUpdate()).toBeNull()
  await untilParked(deployment, 2)

  await ui.openList(list)
  expect(await ui.listed(2)).toEqual([...many].sort())
  await ui.tick(many)
  await ui.fillReset('the constraint is gone')
  await ui.submitReset()
  await untilParked(deployment, 0)
  await ui.openList(list)
  expect(await ui.listed(0)).toEqual([])
  await expectExact(deployment, feed.truth)

  await refuseUser(deployment, 'refused-2')
  await feed.loginOf('refused-2')
  const [hopeless = ''] = await parkedIds(deployment, 1)
  await ui.openList(list)
  await ui.openIndexed(hopeless)
  await ui.fillUpdate('skip')
  expect(await ui.submitUpdate()).toEqual(expect.stringContaining('say why the batch is given up'))
  await ui.closeUpdate()
  await ui.fillUpdate('skip', 'a test account')
  expect(await ui.submitUpdate()).toBeNull()
  await untilParked(deployment, 0)
  expect(await batchesOf(deployment, 'skipped')).toMatchObject([
    { from: 183, to: 184, error: expect.stringMatching(/skipped: a test account$/) as string },
  ])
  await eventually(async () => {
    expect(await audit(deployment)).toEqual([
      { command: 'replay', ...byClick, result: 'failed', reason: '' },
      { command: 'replay', ...byClick, result: 'done', reason: 'the constraint is gone' },
      { command: 'skip', ...byClick, result: 'refused', reason: '' },
      { command: 'skip', ...byClick, result: 'done', reason: 'a test account' },
    ])
  })
})

test('what a caller wrote shows as text on the pages of workflows, and opening them asks no host that it names', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const feed = createFeed(deployment)
  await refuseUser(deployment, 'refused-1')
  await feed.loginOf('refused-1')
  deployment.start('worker/main.ts')
  const [parked = ''] = await parkedIds(deployment, 1)
  const { topic } = deployment.config.kafka
  const reason =
    '![p](http://evil.example/p.png) <img src="http://evil.example/i.png"> [c](http://evil.example) www.evil.example\n# head'
  const client = await temporalClient(deployment)
  const ingestion = client.workflow.getHandle(ingestTopicId(topic))
  await ingestion.executeUpdate(pauseUpdate, { args: [reason] })
  const page = await openPage()
  const foreign: string[] = []
  page.on('request', (request) => {
    if (new URL(request.url()).hostname.endsWith('evil.example')) foreign.push(request.url())
  })
  const ui = webUiOn(page)
  for (const workflowId of [ingestTopicId(topic), ingestPartitionId(topic, 0)]) {
    await ui.openWorkflow(workflowId)
    const shown = (await ui.currentDetails('evil.example')).replaceAll(/[“”]/g, '"')
    expect(shown).toContain(reason.replace('\n', ' '))
    expect(await elementsInDetails(page)).toEqual([])
  }
  await ui.openWorkflow(parked)
  expect(await ui.currentDetails('parked')).toContain('refuses_refused-1')
  expect(foreign).toEqual([])
})

/** Pictures, links and headings that the frames of the Web UI show. */
async function elementsInDetails(page: Page): Promise<string[]> {
  const found = await Promise.all(
    page
      .frames()
      .map((frame) =>
        frame.locator('main :is(img, a, h1, h2, script), body > :is(img, a, h1)').allInnerTexts(),
      ),
  )
  return found.slice(1).flat()
}

const refuseUser = ({ sql }: Deployment, user: string) =>
  sql`alter table login add constraint ${sql(`refuses_${user}`)} check (user_id <> ${sql.unsafe(`'${user}'`)})`

const allowUser = ({ sql }: Deployment, user: string) =>
  sql`alter table login drop constraint ${sql(`refuses_${user}`)}`

/** Waits until that many are parked; ids of their workflows in order of offset. */
async function parkedIds(deployment: Deployment, count: number): Promise<string[]> {
  const { topic } = deployment.config.kafka
  return (await untilParked(deployment, count)).map(({ partition, from, to }) =>
    replayBatchId({ topic, partition, incarnation: 0, from: String(from), to: String(to) }),
  )
}

const byClick = { actor: 'temporal', is_verified: false }

const audit = async ({ sql }: Deployment) => [
  ...(await sql`select command, actor, is_verified, result, reason from control_event order by id`),
]
