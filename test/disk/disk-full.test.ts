import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { downloadKafka } from '../../stack/parts/downloads.ts'
import { createKafkaPart } from '../../stack/parts/kafka.ts'
import type { Part } from '../../stack/parts/part.ts'
import { freePort, HOST } from '../../stack/processes/ports.ts'
import { createPostgresParts, postgresUrl } from '../../stack/parts/postgres.ts'
import { partsFolder } from '../../stack/stack.ts'
import { restartAfterCrash } from '../../stack/processes/supervisor.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { progress } from '../support/deployment/progress.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { logsIn, ownFolder } from '../support/parts/own-folder.ts'
import type { RoleProcess } from '../support/deployment/role-process.ts'
import { moveToSmallDisk, type SmallDisk } from '../support/parts/small-disk.ts'
import { partitionStatuses, temporalClient } from '../support/parts/temporal-client.ts'

// Not part of `npm test`: mounting needs root. `npm run test:disk` runs it.

test('while the disk of Postgres is full the partition waits and says so once; then it goes on by itself', async () => {
  const { part, disk, environment } = await postgresOnSmallDisk()
  const deployment = await createDeployment({ ...onePartition, ...environment })
  await expectWaitsWhileFull(deployment, part, disk, 'Postgres: ')
})

test('while the disk of Kafka is full the partition waits and says so once; then it goes on by itself', async () => {
  const { part, disk, environment } = await kafkaOnSmallDisk()
  const deployment = await createDeployment({ ...onePartition, ...environment })
  await expectWaitsWhileFull(deployment, part, disk, 'Kafka: ')
})

const onePartition = { KAFKA_PARTITIONS: '1' }
const LOGINS_PER_SECOND = 200
/** Several attempts of the partition, and of whoever starts a part again. */
const STATE_WITHIN_MS = 90_000

async function expectWaitsWhileFull(
  deployment: Deployment,
  part: Part,
  disk: SmallDisk,
  reason: string,
): Promise<void> {
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts')
  const client = await temporalClient(deployment)
  // A broker whose only log folder fails ends itself, and so does Postgres when it cannot write its log.
  onTestFinished(restartAfterCrash(part, () => undefined))
  const endFeed = feed.steadily(LOGINS_PER_SECOND)
  await eventually(async () => {
    expect((await progress(deployment)).published).toBeGreaterThan(2 * LOGINS_PER_SECOND)
  })
  disk.fill()
  await eventually(async () => {
    const [status] = await partitionStatuses(client, deployment)
    expect(status?.state).toBe('waiting')
    expect(status?.reason).toContain(reason)
  }, STATE_WITHIN_MS)
  disk.free()
  await eventually(async () => {
    const [status] = await partitionStatuses(client, deployment)
    expect(status?.state).toBe('running')
  }, STATE_WITHIN_MS)
  await endFeed()
  await expectExact(deployment, feed.truth)
  expect(feed.truth.totals().rejects).toBe(0)
  expect(warnings(worker)).toEqual([`${deployment.config.kafka.topic}/0 running -> waiting`])
}

const WARNINGS = ['warn', 'error', 'fatal']

const warnings = (worker: RoleProcess): string[] =>
  worker
    .log()
    .filter((line) => WARNINGS.includes(String(line['log.level'])))
    .map(({ message }) => String(message).replace(/ at offset .*/, ''))

type OnSmallDisk = { part: Part; disk: SmallDisk; environment: Record<string, string> }

async function postgresOnSmallDisk(): Promise<OnSmallDisk> {
  const dataFolder = ownFolder()
  const port = await freePort(0)
  const { primary } = createPostgresParts({
    dataFolder,
    logFolder: logsIn(dataFolder),
    port,
    replicaPort: await freePort(0),
  })
  await primary.start()
  await primary.stop()
  const disk = moveToSmallDisk(join(dataFolder, 'postgres', 'primary'), 128)
  await primary.start()
  return {
    part: primary,
    disk,
    environment: { DATABASE_URL: postgresUrl(port), DATABASE_REPLICA_URLS: '' },
  }
}

async function kafkaOnSmallDisk(): Promise<OnSmallDisk> {
  const dataFolder = ownFolder()
  const disk = moveToSmallDisk(join(dataFolder, 'kafka'), 64)
  const port = await freePort(0)
  const part = createKafkaPart({
    jars: await downloadKafka(partsFolder, () => undefined),
    dataFolder,
    logFolder: logsIn(dataFolder),
    port,
    controllerPort: await freePort(0),
  })
  await part.start()
  return { part, disk, environment: { KAFKA_BROKERS: `${HOST}:${port}` } }
}
