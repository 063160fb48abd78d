import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ingestTopicId, replayBatchId } from '../../workflows/contract.ts'
import { openPage } from './parts/browser.ts'
import { createDeployment, type Deployment } from './deployment/deployment.ts'
import { eventually } from './eventually.ts'
import { createFeed, type Feed } from './kafka/feed.ts'
import { untilParked } from './ledger/ledger.ts'
import { partitionStatuses, temporalClient } from './parts/temporal-client.ts'
import { webUiOn } from './parts/web-ui.ts'

// `npm run pictures`: takes the runbook's pictures anew, of the real Web UI, and writes them to docs/pictures.

/** More than half of any window, wherever it begins. */
const FLOOD_RECORDS = 250
/** Around a dialog: enough to see that it is one. */
const MARGIN_PX = 24

const folder = fileURLToPath(new URL('../../docs/pictures', import.meta.url))

test('the pictures of docs/runbook.md', async () => {
  mkdirSync(folder, { recursive: true })
  const deployment = await createDeployment({
    KAFKA_TOPIC: 'user-login',
    KAFKA_PARTITIONS: '1',
    TEMPORAL_TASK_QUEUE: 'rollcall',
    REJECT_HALT_WINDOW: '200',
  })
  const feed = createFeed(deployment)
  const parked = await parkFive(deployment, feed)
  const page = await openPage()
  const ui = webUiOn(page)
  const list = 'BatchState="parked" AND ExecutionStatus="Running"'
  await ui.openList(list)
  await page.getByRole('button', { name: 'Collapse Navigation' }).click()
  await ui.openList(list)
  await ui.listed(5)
  await shoot(page, 'parked-list')
  await ui.tick(parked.slice(0, 3))
  await ui.fillReset('migration 12 is rolled back')
  await shootDialog(page, 'reset')

  await ui.openWorkflow(parked[0] ?? '')
  await ui.currentDetails('parked')
  await page.mouse.wheel(0, 240)
  await shoot(page, 'parked-batch')
  await ui.fillUpdate('replay')
  await ui.submitUpdate()
  await shootDialog(page, 'replay-failed')
  await ui.closeUpdate()
  await ui.fillUpdate('skip', 'test account of the load test, agreed with Ann')
  await shootDialog(page, 'skip')

  await flood(deployment, feed)
  await ui.openWorkflow(ingestTopicId('user-login'))
  await ui.currentDetails('halted')
  await page.mouse.wheel(0, 240)
  await shoot(page, 'halted-topic')
})

/** Five logins that a constraint refuses, among others that are counted; ids of their workflows. */
async function parkFive(deployment: Deployment, feed: Feed): Promise<string[]> {
  await deployment.sql`alter table login add constraint user_id_is_short check (length(user_id) <= 64)`
  for (let i = 0; i < 5; i++) {
    await feed.logins(150 + 40 * i)
    await feed.loginOf('load-test-'.repeat(7) + String(i))
  }
  deployment.start('worker/main.ts')
  const parked = await untilParked(deployment, 5)
  return parked.map(({ partition, from, to }) =>
    replayBatchId({ topic: 'user-login', partition, incarnation: 0, from: String(from), to: String(to) }),
  )
}

/** Messages of a schema that nobody told us of, until the partition halts. */
async function flood(deployment: Deployment, feed: Feed): Promise<void> {
  for (let i = 0; i < FLOOD_RECORDS; i++)
    await feed.reject(`{"uid":${i},"at":"2026-01-01"}`, 'user_id_missing')
  const client = await temporalClient(deployment)
  await eventually(async () => {
    expect((await partitionStatuses(client, deployment)).map(({ state }) => state)).toEqual(['halted'])
  })
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
}

async function shootDialog(page: Page, name: string): Promise<void> {
  const box = await page.getByRole('dialog').boundingBox()
  if (box === null) throw new Error(`there is no dialog to take the picture ${name} of`)
  const clip = {
    x: box.x - MARGIN_PX,
    y: box.y - MARGIN_PX,
    width: box.width + 2 * MARGIN_PX,
    height: box.height + 2 * MARGIN_PX,
  }
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', clip })
}
