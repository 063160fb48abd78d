import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Config, loadConfig } from '../../config/config.ts'
import { connectPostgres } from '../../db/connection/connect.ts'
import { databaseRoles } from '../../db/roles/roles.ts'
import { createTopicOffsets } from '../../kafka/topics/topic-offsets.ts'
import { ensureTopics } from '../../kafka/topics/topics.ts'
import { checkTemporal } from '../../scripts/check-temporal.ts'
import { roleEnvironments } from '../../scripts/role-environments.ts'
import { type Stack, startStack } from '../../stack/stack.ts'
import { fetchTrusting } from '../support/tls/trusting-fetch.ts'
import type { Health } from '../../cli/health-question.ts'
import { rollcall } from '../support/deployment/command-line.ts'
import { startRole } from '../support/deployment/role-process.ts'
import { eventually } from '../support/eventually.ts'
import { scrape, sumOf } from '../support/metrics/scrape.ts'
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

const noPorts = { WORKER_PORT: '0', API_PORT: '0', WORKER_METRICS_PORT: '0', API_METRICS_PORT: '0' }

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

test('migrations, worker and API sign in by certificates of their roles, and logins are counted over it', async () => {
  await ensureTopics(config.kafka)
  await checkTemporal(config.temporal)
  const environments = new Map(roleEnvironments(stack ?? expect.fail()))
  const start = (role: string, entry: string, args: string[] = []) => {
    const own = { ...noPorts, ...environments.get(role) }
    const running = startRole(fileURLToPath(new URL(`../../${entry}`, import.meta.url)), own, args)
    onTestFinished(() => running.kill())
    return running
  }
  const migrating = start('migrate', 'scripts/migrate.ts', ['--bootstrap'])
  expect(await migrating.exited, JSON.stringify(migrating.log())).toBe(0)
  const again = start('migrate', 'scripts/migrate.ts')
  expect(await again.exited, JSON.stringify(again.log())).toBe(0)
  const worker = start('worker', 'worker/main.ts')
  start('worker', 'generator/main.ts')
  const api = start('api', 'api/main.ts')

  const fetch = fetchTrusting(config.kafka.tls?.ca ?? expect.fail())
  await eventually(async () => {
    const port = api.log().find((line) => typeof line['server.port'] === 'number')?.['server.port']
    const body = JSON.stringify({ query: '{ ingestion { partitions { checkpoint } } }' })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`https://localhost:${String(port)}/graphql`, { method: 'POST', headers, body })
    expect(await answer.text()).toMatch(/"checkpoint":"?[1-9]/)
  })
  const port = Number(api.log().find((line) => typeof line['server.port'] === 'number')?.['server.port'])
  const trusting = { ROLLCALL_URL: `https://localhost:${port}`, ROLLCALL_CA_FILE: config.kafka.tls?.ca ?? '' }
  const { code, out } = await rollcall(port, ['status', '--json'], trusting)
  expect(code).toBeLessThan(3)
  const { dependencies } = JSON.parse(out) as Health
  const shown = dependencies.filter(({ kind }) => kind !== 'WORKERS' && kind !== 'UPKEEP')
  expect(shown).toHaveLength(4)
  for (const { kind, isEncrypted, certificate } of shown) {
    expect(isEncrypted, kind).toBe(true)
    expect(certificate?.names, kind).toContain('localhost')
    expect(certificate?.daysLeft, kind).toBeGreaterThan(0)
  }
  expect(await rollcall(port, ['status'], { ROLLCALL_URL: trusting.ROLLCALL_URL })).toMatchObject({
    code: 3,
    err: expect.stringContaining('set ROLLCALL_CA_FILE') as string,
  })
  const wires = ['kafka', 'kafka_client', 'postgres', 'postgres_client', 'temporal', 'temporal_client']
  for (const [role, own] of [
    [worker, 'worker'],
    [api, 'api'],
  ] as const)
    await eventually(async () => {
      const served = await scrape(role)
      const expiring = [...wires, own].filter((wire) => {
        const label = `wire="${wire}"`
        const expiresS = sumOf(served, 'rollcall_certificate_expiry_timestamp_seconds', label)
        return expiresS * 1_000 > Date.now()
      })
      expect(expiring).toEqual([...wires, own])
    })
  const sessions = await connect(config.database.url)<{ user: string; ssl: boolean; subject: string }[]>`
    select distinct usename as user, ssl, client_dn as subject from pg_stat_activity join pg_stat_ssl using (pid)
    where usename like 'rollcall\\_%'`
  expect(sessions.toSorted((a, b) => a.user.localeCompare(b.user))).toEqual(
    [databaseRoles.api, databaseRoles.ingest].map((user) => ({ user, ssl: true, subject: `/CN=${user}` })),
  )
})

test('the replica follows over TLS, and lets in the role of APIs', async () => {
  const own = loadConfig(new Map(roleEnvironments(stack ?? expect.fail())).get('api') ?? {})
  const [replica = ''] = own.database.replicaUrls
  await eventually(() => connect(replica)`select from partition_checkpoint`)
  const links = await connect(config.database.url)<{ ssl: boolean }[]>`
    select ssl from pg_stat_replication join pg_stat_ssl using (pid)`
  expect(links).toEqual([{ ssl: true }])
})

test('no part answers in plaintext, to whom has no certificate, or has that of another user', async () => {
  const { KAFKA_BROKERS = '', TEMPORAL_ADDRESS = '', DATABASE_URL = '' } = stack?.environment ?? {}
  const plain = loadConfig({ KAFKA_BROKERS, TEMPORAL_ADDRESS })
  const offsets = createTopicOffsets(plain.kafka, 'test')
  onTestFinished(() => offsets.close())
  await expect(offsets.read('user-login')).rejects.toThrow(/set KAFKA_TLS=true/)
  await expect(checkTemporal(plain.temporal)).rejects.toThrow(/set TEMPORAL_TLS=true/)
  const url = new URL(DATABASE_URL)
  for (const name of ['sslcert', 'sslkey']) url.searchParams.delete(name)
  await expect(connect(url.href)`select 1`).rejects.toThrow(/certificate/)
  const other = new URL(DATABASE_URL)
  other.username = databaseRoles.api
  await expect(connect(other.href)`select 1`).rejects.toThrow(/certificate authentication failed/)
  url.search = ''
  await expect(connect(url.href)`select 1`).rejects.toThrow(/no encryption/)
})
