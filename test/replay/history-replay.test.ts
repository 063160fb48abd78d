import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from '@temporalio/worker'
import { expect, test } from 'vitest'
import { workflowBundle } from '../support/deployment/workflow-bundle.ts'

const histories = fileURLToPath(new URL('../histories', import.meta.url))
const files = readdirSync(histories)

test.for([
  'ingest-topic',
  'ingest-partition',
  'replay-batch',
  'replay-batches',
  'replay-rejected',
  'reconcile-topic',
  'apply-retention',
  'watch-audit-heads',
  'watch-audit-chain',
])('there is a history of %s to replay', (name) => {
  expect(files.some((file) => file.startsWith(`${name}-`))).toBe(true)
})

test.for(files)(
  'workflows that are open at a deployment go on: %s replays with the code of today',
  async (file) => {
    const history: unknown = JSON.parse(readFileSync(`${histories}/${file}`, 'utf8'))
    await Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history)
  },
)
