import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { loadConfig } from '../../../config/config.ts'
import { connectPostgres } from '../../../db/connection/connect.ts'
import { migrateDatabase } from '../../../db/schema/migrate-database.ts'
import { createKafka } from '../../../kafka/client.ts'
import { ensureTopics } from '../../../kafka/topics/topics.ts'
import { startStack } from '../../../stack/stack.ts'
import {
  ingestPartitionId,
  ingestTopicId,
  pauseUpdate,
  resumeUpdate,
  statusQuery,
} from '../../../workflows/contract.ts'
import { eventually } from '../eventually.ts'
import { runBatches } from './record-batch-runs.ts'
import { signAsApi } from './sign-as-api.ts'

// `npm run record-histories`: lets the workflows go through every state on real parts, and writes their
// histories to test/histories. They stand for workflows that are open when a new version is deployed: keep the old
// files, add new ones.

// Stack traces in the history name the files of the machine that recorded it.
const project = fileURLToPath(new URL('../../..', import.meta.url))
const histories = fileURLToPath(new URL('../../histories', import.meta.url))
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const rollcall = fileURLToPath(new URL('../../../.rollcall', import.meta.url))
mkdirSync(rollcall, { recursive: true })
const dataFolder = mkdtempSync(join(rollcall, 'record-'))
const say = (line: string) => {
  console.log(line)
}
const stack = await startStack({
  dataFolder,
  logFolder: join(dataFolder, 'log'),
  usualPorts: false,
  environment: {},
  say,
})
const environment = { ...stack.environment, KAFKA_PARTITIONS: '2', WORKER_PORT: '0' }
const config = loadConfig(environment)
await migrateDatabase(config.database.url)
await ensureTopics(config.kafka)
const worker = spawn(process.execPath, [fileURLToPath(new URL('../../../worker/main.ts', import.meta.url))], {
  env: { PATH: process.env['PATH'], ...environment },
  stdio: 'inherit',
})
const sql = connectPostgres(config.database, {
  applicationName: 'recorder',
  maxConnections: 1,
  statementTimeoutMs: 10_000,
  idleInTransactionTimeoutMs: 10_000,
})
const sign = signAsApi(sql, config)
const connection = await Connection.connect({ address: config.temporal.address })
const client = new Client({ connection })
const topicId = ingestTopicId(config.kafka.topic)

try {
  await untilStates('running')
  const batchRuns = await runBatches(client, config)
  await liveThroughEveryState()
  mkdirSync(histories, { recursive: true })
  for (const [name, workflowId] of [
    ['ingest-topic', topicId],
    ['ingest-partition', ingestPartitionId(config.kafka.topic, 0)],
    ...batchRuns,
  ] as const) {
    const history = await client.workflow.getHandle(workflowId).fetchHistory()
    writeFileSync(
      join(histories, `${name}-${version}.json`),
      `${historyToJSON(history).replaceAll(project, '')}\n`,
    )
    say(`${name}: ${history.events?.length ?? 0} events`)
  }
} finally {
  worker.kill('SIGKILL')
  await connection.close()
  await sql.end({ timeout: 1 })
  await stack.stop()
  rmSync(dataFolder, { recursive: true, force: true })
}

async function liveThroughEveryState(): Promise<void> {
  const topic = client.workflow.getHandle(topicId)
  const command = async (update: typeof pauseUpdate, reason: string) => {
    const argument = { commandId: reason, actor: 'recorder', reason, partitions: null }
    const args: [typeof argument] = [
      await sign(update === pauseUpdate ? 'pause' : 'resume', topicId, argument),
    ]
    return await topic.executeUpdate(update, { args, updateId: reason })
  }
  await untilStates('running')
  await command(pauseUpdate, 'pause')
  await command(pauseUpdate, 'refused').catch(() => undefined)
  await command(resumeUpdate, 'resume')
  await stack.parts.get('kafka')?.kill()
  await untilStates('waiting')
  await stack.parts.get('kafka')?.start()
  await untilStates('running')
  await command(pauseUpdate, 'before the loss')
  await loseOffsets()
  await command(resumeUpdate, 'after the loss')
  await eventually(async () => {
    if (!(await states()).includes('halted')) throw new Error('not halted')
  })
  // The last reports and audit rows.
  await sleep(3_000)
}

async function states(): Promise<string[]> {
  const statuses = await client.workflow.getHandle(topicId).query(statusQuery)
  return statuses.map(({ state }) => state)
}

async function untilStates(state: string): Promise<void> {
  await eventually(async () => {
    const now = await states()
    if (now.length !== 2 || now.some((other) => other !== state))
      throw new Error(`${now.join()}, not ${state}`)
  })
}

/** Records that come while the partition is paused, and are deleted before it reads them. */
async function loseOffsets(): Promise<void> {
  const { topic } = config.kafka
  const kafka = createKafka(config.kafka, 'recorder')
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({
    topic,
    messages: Array.from({ length: 20 }, () => ({ value: 'lost', partition: 0 })),
  })
  await producer.disconnect()
  const admin = kafka.admin()
  await admin.connect()
  await admin.fetchTopicOffsets(topic)
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '10' }] })
  await admin.disconnect()
}
