import postgres from 'postgres'
import { expect, test } from 'vitest'
import { freePort } from '../../stack/processes/ports.ts'
import { createPostgresParts, postgresUrl } from '../../stack/parts/postgres.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { compareTopics, readOutputs } from '../support/truth/compare-topics.ts'
import { expectExact } from '../support/truth/exactness.ts'
import { progress } from '../support/deployment/progress.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { logsIn, ownFolder } from '../support/parts/own-folder.ts'
import { forwardTcp } from '../support/parts/tcp-forwarder.ts'
import { partitionStatuses, resumePartition, temporalClient } from '../support/parts/temporal-client.ts'

test('a replica that has every commit takes over from its primary under load, and every count stays exact', async () => {
  const { deployment, feed, primary, failOver, onPrimary } = await ownPostgres()
  await onPrimary("alter system set synchronous_standby_names = '*'")
  await onPrimary('select pg_reload_conf()')
  deployment.start('worker/main.ts')
  const endFeed = feed.steadily(100)
  await eventually(async () => {
    expect((await progress(deployment)).published).toBeGreaterThan(200)
  })
  await primary.kill()
  await failOver()
  const { sent } = feed.truth.totals()
  await eventually(async () => {
    expect((await progress(deployment)).published).toBeGreaterThan(sent)
  })
  await endFeed()
  await expectExact(deployment, feed.truth)
})

test('a replica that lacks commits halts the partition: nothing is counted or published twice', async () => {
  const { deployment, feed, primary, replica, failOver } = await ownPostgres()
  deployment.start('worker/main.ts')
  await feed.logins(100)
  await expectExact(deployment, feed.truth)
  await replica.stop()
  await feed.logins(50)
  await expectExact(deployment, feed.truth)
  await primary.kill()
  await replica.start()
  await failOver()
  // Never counted: an idle slice hears of the other database when it has something to commit.
  await createFeed(deployment, 2).logins(10)
  const client = await temporalClient(deployment)
  const halted = async () => {
    const [status] = await partitionStatuses(client, deployment)
    expect(status).toMatchObject({
      state: 'halted',
      reason: expect.stringMatching(
        /Postgres has counted what is before 100, but outputs before 150 are published .* the database is older than Kafka/,
      ) as string,
    })
  }
  await eventually(halted)
  const before = await epoch(deployment)
  await resumePartition(client, deployment, 0, 'try again')
  await eventually(async () => {
    expect(await epoch(deployment)).toBeGreaterThan(before)
    await halted()
  })
  expect(await progress(deployment)).toEqual({ read: 100, published: 150 })
  expect(await compareTopics(await readOutputs(deployment), deployment.sql, feed.truth)).toEqual([])
})

/** One partition whose database has a primary and a replica of its own, behind an address that can be moved. */
async function ownPostgres() {
  const dataFolder = ownFolder()
  const ports = { port: await freePort(0), replicaPort: await freePort(0) }
  const { primary, replica } = createPostgresParts({ dataFolder, logFolder: logsIn(dataFolder), ...ports })
  await primary.start()
  await replica.start()
  const address = await forwardTcp(ports.port)
  const deployment = await createDeployment({
    KAFKA_PARTITIONS: '1',
    INSIGHT_SIZE: '0',
    DATABASE_URL: postgresUrl(address.port),
    DATABASE_REPLICA_URLS: '',
  })
  return {
    deployment,
    feed: createFeed(deployment),
    primary,
    replica,
    onPrimary: (statement: string) => runOn(ports.port, statement),
    /** As an operator does, or a tool for it: the replica becomes the primary, then the address leads to it. */
    failOver: async () => {
      await runOn(ports.replicaPort, 'select pg_promote(true, 30)')
      address.redirect(ports.replicaPort)
    },
  }
}

async function runOn(port: number, statement: string): Promise<void> {
  const sql = postgres(postgresUrl(port), { max: 1, onnotice: () => undefined })
  await sql.unsafe(statement)
  await sql.end()
}

async function epoch({ sql }: Deployment): Promise<number> {
  const [row] = await sql<{ epoch: number }[]>`select epoch::integer as epoch from partition_checkpoint`
  return row?.epoch ?? expect.fail('no checkpoint')
}
