import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { signedIn } from '../../stack/as-role.ts'
import { downloadTemporal } from '../../stack/parts/downloads.ts'
import { freePort, HOST } from '../../stack/processes/ports.ts'
import { startProcess } from '../../stack/processes/process.ts'
import { partsFolder } from '../../stack/stack.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { BUILD_TIMEOUT_MS, whyNoGo } from '../support/parts/go-programs.ts'
import { buildLogParts, startCollector, startLogStore } from '../support/parts/log-store.ts'
import { ownFolder } from '../support/parts/own-folder.ts'

const REQUEST_ID = '0a1b2c3d4e5f60718293a4b5c6d7e8f9'

/** As Kafka's own pattern writes it, and Docker keeps it. */
const hourAgo = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 3_599_544).toISOString()
const trace = [
  `[${hourAgo.replace('T', ' ').replace('.', ',').slice(0, -1)}] ERROR [ReplicaManager broker=1] Error while writing (kafka.server.ReplicaManager)`,
  'java.io.IOException: No space left on device',
  '\tat java.base/sun.nio.ch.FileDispatcherImpl.write0(Native Method)',
]
const byDocker = (line: string) =>
  JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: new Date().toISOString() })

const whyNot = whyNoGo()
describe.skipIf(whyNot !== null)(`the logs of all parts${whyNot === null ? '' : ` (${whyNot})`}`, () => {
  beforeAll(buildLogParts, BUILD_TIMEOUT_MS)

  test('come by the Collector to VictoriaLogs, where a batch, a request and a fault are found by their ids', async () => {
    const folder = ownFolder()
    const files = logFolders(folder)
    const deployment = await createDeployment({ KAFKA_PARTITIONS: '1', LOG_LEVEL: 'debug' })
    const store = await startLogStore(folder)
    startRole(deployment, folder, files.rollcall, 'worker')
    startRole(deployment, folder, files.rollcall, 'api')
    await startTemporal(folder, files.temporal)
    writeFileSync(join(files.kafka, 'docker.log'), `${trace.map(byDocker).join('\n')}\n`)
    await createFeed(deployment).logins(20)
    await failWithPersons(deployment)
    const running = join(inject('runFolder'), 'log')
    symlinkSync(join(running, 'kafka.log'), join(files.kafka, 'kafka.log'))
    await startCollector(folder, store, {
      ROLLCALL_LOGS: join(files.rollcall, '*.log'),
      KAFKA_LOGS: join(files.kafka, '*.log'),
      POSTGRES_LOGS: join(running, 'postgres-primary.log'),
      TEMPORAL_LOGS: join(files.temporal, '*.log'),
    })

    const { port, batch } = await eventually(async () => {
      const [listening] = linesOf(join(files.rollcall, 'api.log')).filter((line) => 'server.port' in line)
      const [row] = await deployment.sql<{ id: string }[]>`select id::text from batch`
      if (listening === undefined || row === undefined) throw new Error('nothing is counted yet')
      return { port: Number(listening['server.port']), batch: row.id }
    })
    const answer = await fetch(`http://${HOST}:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': REQUEST_ID },
      body: JSON.stringify({ query: '{ measures { total { logins } } }' }),
    })
    expect(answer.headers.get('x-request-id')).toBe(REQUEST_ID)

    await eventually(async () => {
      expect(await store.find(`rollcall.batch.id:="${batch}"`)).toEqual([
        expect.objectContaining({
          ...{ 'service.name': 'rollcall-worker', 'log.level': 'debug', severity_text: 'DEBUG' },
          ...{ 'rollcall.topic': deployment.config.kafka.topic, 'rollcall.partition': '0' },
          'rollcall.workflow.id': `ingest/${deployment.config.kafka.topic}/0`,
          'rollcall.workflow.run_id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
          'rollcall.activity.type': 'ingestSlice',
        }),
      ])
      expect(await store.find(`http.request.id:="${REQUEST_ID}"`)).toEqual([
        expect.objectContaining({
          ...{ 'service.name': 'rollcall-api', _msg: 'POST /graphql 200', 'url.path': '/graphql' },
          'rollcall.graphql.fields': '["measures"]',
        }),
      ])
      expect(await store.find('service.name:kafka log.logger:="kafka.server.ReplicaManager"')).toEqual([
        expect.objectContaining({
          ...{ 'log.level': 'error', _time: hourAgo },
          'error.stack_trace': trace.slice(1).join('\n'),
        }),
      ])
      expect(await store.find('service.name:kafka "started" log.level:info')).not.toHaveLength(0)
      expect(await store.find('service.name:temporal log.level:warn')).not.toHaveLength(0)
      expect(await store.find('service.name:postgres log.level:error "duplicate key value"')).toContainEqual(
        expect.objectContaining({ severity_text: 'ERROR' }),
      )
    }, 60_000)
    expect(await store.find('"mark-user"')).toEqual([])
  })

  test('of Rollcall are taken by an endpoint of Elasticsearch for bulks as they are', async () => {
    const folder = ownFolder()
    const files = logFolders(folder)
    const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
    const store = await startLogStore(folder)
    startRole(deployment, folder, files.rollcall, 'api')
    const file = join(files.rollcall, 'api.log')
    const written = await eventually(() => {
      expect(linesOf(file).some((line) => 'server.port' in line)).toBe(true)
      return linesOf(file)
    })
    const body = written.map((line) => `{"create":{}}\n${JSON.stringify(line)}\n`).join('')
    const names = new URLSearchParams({
      _msg_field: 'message',
      _time_field: '@timestamp',
      _stream_fields: 'service.name',
    })
    const answer = await fetch(`${store.url}/insert/elasticsearch/_bulk?${names}`, { method: 'POST', body })
    expect(await answer.json()).toMatchObject({ errors: false })
    await eventually(async () => {
      expect(await store.find('service.name:="rollcall-api"')).toHaveLength(written.length)
    })
  })
})

function logFolders(folder: string) {
  const files = {
    rollcall: join(folder, 'rollcall'),
    kafka: join(folder, 'kafka'),
    temporal: join(folder, 'temporal'),
  }
  for (const path of Object.values(files)) mkdirSync(path)
  return files
}

const linesOf = (file: string): Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)

function startRole(deployment: Deployment, folder: string, files: string, role: 'worker' | 'api'): void {
  const running = startProcess({
    ...{ name: role, command: process.execPath, bookFolder: folder },
    args: [fileURLToPath(new URL(`../../${role}/main.ts`, import.meta.url))],
    env: signedIn(deployment.environment, role),
    logFile: join(files, `${role}.log`),
  })
  onTestFinished(() => running.stop('SIGKILL', 0))
}

/** A Temporal server that logs as in production, for nothing else. */
async function startTemporal(folder: string, files: string): Promise<void> {
  const command = await downloadTemporal(partsFolder, () => undefined)
  const address = ['--headless', '--ip', HOST, '--port', String(await freePort(0))]
  const running = startProcess({
    ...{ name: 'Temporal', command, bookFolder: folder, logFile: join(files, 'temporal.log') },
    args: ['server', 'start-dev', ...address, '--log-format', 'json', '--log-level', 'info'],
  })
  onTestFinished(() => running.stop('SIGKILL', 0))
}

/** Has Postgres refuse a row, of which it logs the values. */
async function failWithPersons({ sql }: Deployment): Promise<void> {
  const refused = sql.begin(async (tx) => {
    await tx`create temporary table person (id text primary key)`
    await tx`insert into person values ('mark-user')`
    await tx`insert into person values ('mark-user')`
  })
  await expect(refused).rejects.toThrow(/duplicate key/)
}
