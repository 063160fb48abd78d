import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Config, loadConfig } from '../../config/config.ts'
import { connectPostgres } from '../../db/connection/connect.ts'
import { migrateDatabase } from '../../db/schema/migrate-database.ts'
import { createTopicOffsets } from '../../kafka/topics/topic-offsets.ts'
import { ensureTopics } from '../../kafka/topics/topics.ts'
import { checkTemporal } from '../../scripts/check-temporal.ts'
import { type Stack, startStack } from '../../stack/stack.ts'
import { eventually } from '../support/eventually.ts'
import { openFolder } from '../support/parts/own-folder.ts'

// What `npm run stack -- --tls` starts.

let stack: Stack | undefined
let close: () => void
let config: Config

beforeAll(async () => {
  const own = openFolder()
  close = own.close
  const dataFolder = join(own.folder, 'data')
  stack = await startStack({
    ...{
      dataFolder,
      logFolder: join(own.folder, 'log'),
      usualPorts: false,
      isDurable: false,
      isEncrypted: true,
    },
    ...{ environment: {}, say: () => undefined },
  })
  config = loadConfig(stack.environment)
})

afterAll(async () => {
  await stack?.stop()
  close()
})

const connect = (url: string) => {
  const sql = connectPostgres(url, {
    applicationName: 'test',
    maxConnections: 1,
    statementTimeoutMs: 5_000,
    idleInTransactionTimeoutMs: 5_000,
  })
  onTestFinished(() => sql.end({ timeout: 1 }))
  return sql
}

test('every part is reached with its environment, and the replica follows over TLS', async () => {
  await ensureTopics(config.kafka)
  await migrateDatabase(config.database)
  await checkTemporal(config.temporal)
  const [replica = ''] = config.database.replicaUrls
  await eventually(() => connect(replica)`select from partition_checkpoint`)
  const links = await connect(config.database.url)<{ ssl: boolean }[]>`
    select ssl from pg_stat_replication join pg_stat_ssl using (pid)`
  expect(links).toEqual([{ ssl: true }])
})

test('no part answers in plaintext, or to whom has no certificate', async () => {
  const { KAFKA_BROKERS = '', TEMPORAL_ADDRESS = '', DATABASE_URL = '' } = stack?.environment ?? {}
  const plain = loadConfig({ KAFKA_BROKERS, TEMPORAL_ADDRESS })
  const offsets = createTopicOffsets(plain.kafka, 'test')
  onTestFinished(() => offsets.close())
  await expect(offsets.read('user-login')).rejects.toThrow(/set KAFKA_TLS=true/)
  await expect(checkTemporal(plain.temporal)).rejects.toThrow(/set TEMPORAL_TLS=true/)
  const url = new URL(DATABASE_URL)
  for (const name of ['sslcert', 'sslkey']) url.searchParams.delete(name)
  await expect(connect(url.href)`select 1`).rejects.toThrow(/certificate/)
  url.search = ''
  await expect(connect(url.href)`select 1`).rejects.toThrow(/no encryption/)
})
