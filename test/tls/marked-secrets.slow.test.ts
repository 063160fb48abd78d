import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from '@temporalio/client'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../config/config.ts'
import { migrateDatabase } from '../../db/schema/migrate-database.ts'
import { ensureTopics } from '../../kafka/topics/topics.ts'
import { HOST } from '../../stack/processes/ports.ts'
import type { TlsProxy } from '../../stack/parts/tls-proxy.ts'
import { lazyTemporal } from '../../temporal/connect.ts'
import { type RoleProcess, startRole } from '../support/deployment/role-process.ts'
import { eventually } from '../support/eventually.ts'
import { openFolder } from '../support/parts/own-folder.ts'
import { type SecuredBroker, startSecuredBroker } from '../support/tls/secured-broker.ts'
import { type SecuredPostgres, startSecuredPostgres } from '../support/tls/secured-postgres.ts'
import { startApiKeyProxy } from '../support/tls/api-key-proxy.ts'
import { createAuthority, type Leaf, type CertificateAuthority } from '../../stack/parts/certificates.ts'
import { startTokenIssuer, type TokenIssuer } from '../support/tls/token-issuer.ts'

/** In every secret, right or wrong, so that one search finds each. */
const MARK = 'sesame'
const secrets = {
  kafka: `${MARK}-kafka`,
  token: `${MARK}-token`,
  postgres: `${MARK}-postgres`,
  temporal: `${MARK}-temporal`,
}
/** Also as they would look in a header, or in another encoding. */
const forms = [
  MARK,
  Buffer.from(`rollcall:${secrets.token}`).toString('base64'),
  encodeURIComponent(secrets.kafka),
]

let folder: string
let close: () => void
let ca: CertificateAuthority
let broker: SecuredBroker
let database: SecuredPostgres
let temporal: TlsProxy
let tokens: TokenIssuer
let server: Leaf

beforeAll(async () => {
  ;({ folder, close } = openFolder())
  ca = await createAuthority(folder, 'ca')
  server = await ca.issue('server', { name: 'server', dns: ['localhost'], ips: [HOST] })
  tokens = await startTokenIssuer(server, { id: 'rollcall', secret: secrets.token })
  const target = inject('stackEnvironment')['TEMPORAL_ADDRESS'] ?? ''
  ;[broker, database, temporal] = await Promise.all([
    startSecuredBroker(folder, ca, tokens, { name: 'worker', password: secrets.kafka }),
    startSecuredPostgres(folder, ca),
    startApiKeyProxy(target, server, (key) => key === secrets.temporal),
  ])
  const admin = postgres(database.plainUrl, { max: 1 })
  await admin.unsafe(`create role sealed login superuser password '${secrets.postgres}'`)
  await admin.end()
})

afterAll(async () => {
  temporal.close()
  tokens.close()
  await Promise.all([broker.stop(), database.stop()])
  close()
})

type Environment = Record<string, string>

/** The settings of a Rollcall of its own, with every wire encrypted. */
async function encrypted(): Promise<Environment> {
  const id = randomUUID().slice(0, 8)
  const admin = postgres(database.plainUrl, { max: 1 })
  await admin.unsafe(`create database rollcall_${id}`)
  await admin.end()
  const password = join(folder, 'password')
  writeFileSync(password, secrets.postgres)
  return {
    ...inject('stackEnvironment'),
    ...{ KAFKA_TOPIC: `in-${id}`, KAFKA_PROCESSED_TOPIC: `out-${id}`, KAFKA_DLQ_TOPIC: `dlq-${id}` },
    ...{
      KAFKA_GROUP_ID: id,
      KAFKA_BROKERS: broker.addresses.scram,
      KAFKA_TLS: 'true',
      KAFKA_TLS_CA_FILE: ca.file,
    },
    ...{
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_SASL_USERNAME: 'worker',
      KAFKA_SASL_PASSWORD: secrets.kafka,
    },
    DATABASE_URL: `postgres://sealed@localhost:${database.port}/rollcall_${id}?sslmode=verify-full&sslrootcert=${ca.file}`,
    DATABASE_REPLICA_URLS: '',
    DATABASE_PASSWORD_FILE: password,
    ...{ TEMPORAL_ADDRESS: `localhost:${temporal.port}`, TEMPORAL_TLS: 'true', TEMPORAL_TASK_QUEUE: id },
    ...{ TEMPORAL_TLS_SERVER_CA_CERT_PATH: ca.file, TEMPORAL_API_KEY: secrets.temporal },
    ...{ API_PORT: '0', API_TLS_CERT_FILE: server.cert, API_TLS_KEY_FILE: server.key },
    ...{ WORKER_PORT: '0', WORKER_TLS_CERT_FILE: server.cert, WORKER_TLS_KEY_FILE: server.key },
    LOG_LEVEL: 'trace',
  }
}

/** The same with a secret that is wrong at every wire. */
const wrong = (environment: Environment): Environment => {
  const password = join(folder, 'wrong-password')
  writeFileSync(password, `${MARK}-wrong`)
  return {
    ...environment,
    KAFKA_SASL_PASSWORD: `${MARK}-wrong`,
    DATABASE_PASSWORD_FILE: password,
    TEMPORAL_API_KEY: `${MARK}-wrong`,
  }
}

const byToken = (environment: Environment): Environment => ({
  ...environment,
  KAFKA_BROKERS: broker.addresses.oauth,
  ...{ KAFKA_SASL_MECHANISM: 'OAUTHBEARER', KAFKA_SASL_USERNAME: '', KAFKA_SASL_PASSWORD: '' },
  KAFKA_OAUTHBEARER_TOKEN_ENDPOINT_URL: tokens.url,
  KAFKA_OAUTHBEARER_CA_FILE: ca.file,
  ...{ KAFKA_OAUTHBEARER_CLIENT_ID: 'rollcall', KAFKA_OAUTHBEARER_CLIENT_SECRET: secrets.token },
})

function start(entry: string, environment: Environment, args: string[] = []): RoleProcess {
  const role = startRole(fileURLToPath(new URL(`../../${entry}`, import.meta.url)), environment, args)
  onTestFinished(() => role.kill())
  return role
}

/** The port that a role says it listens on, once it does. */
const portOf = (role: RoleProcess): Promise<number> =>
  eventually(() => {
    const port = role
      .log()
      .map((line) => line['server.port'])
      .find((one): one is number => typeof one === 'number')
    if (port === undefined) throw new Error(`it does not listen yet: ${JSON.stringify(role.log().at(-1))}`)
    return Promise.resolve(port)
  })

async function get(port: number, path: string, query?: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const sending = request(
    {
      ...{
        host: 'localhost',
        port,
        path,
        ca: readFileSync(ca.file),
        method: query === undefined ? 'GET' : 'POST',
      },
      headers: { 'content-type': 'application/json' },
    },
    (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => {
        resolve(body)
      })
    },
  )
  sending.on('error', reject)
  sending.end(query === undefined ? undefined : JSON.stringify({ query }))
  return await promise
}

/** Everything that Temporal keeps of the workflows of a task queue, payloads as text. */
async function histories(environment: Environment): Promise<string> {
  const config = loadConfig(environment)
  const connection = lazyTemporal(config.temporal)
  onTestFinished(() => connection.close())
  const client = new Client({ connection })
  const texts: string[] = []
  for await (const { workflowId } of client.workflow.list({
    query: `TaskQueue = "${config.temporal.taskQueue}"`,
  })) {
    const history = await client.workflow.getHandle(workflowId).fetchHistory()
    texts.push(
      JSON.stringify(history, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
      ),
    )
  }
  return texts.join('\n')
}

const commandLine = ({ pid }: RoleProcess): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8')

test('with every wire encrypted logins are counted, and no secret is in a log, an error, an argument or a history', async () => {
  const environment = await encrypted()
  const { kafka, database: where } = loadConfig(environment)
  await migrateDatabase(where)
  await ensureTopics(kafka)
  const worker = start('worker/main.ts', environment)
  const api = start('api/main.ts', environment)
  const generator = start('generator/main.ts', byToken({ ...environment, GENERATE_RATE: '50' }))
  const apiPort = await portOf(api)
  const workerPort = await portOf(worker)
  const counted = await eventually(async () => {
    const answer = await get(apiPort, '/graphql', '{ ingestion { partitions { checkpoint } } }')
    if (!/"checkpoint":"?[1-9]/.test(answer)) throw new Error(`nothing is counted yet: ${answer}`)
    return answer
  })
  const ready = await Promise.all(
    [apiPort, workerPort].map((port) =>
      eventually(async () => {
        const body = await get(port, '/ready')
        expect(body).toContain('"ready":true')
        return body
      }),
    ),
  )

  const mistaken = wrong(environment)
  const failing = [
    start('worker/main.ts', mistaken),
    start('api/main.ts', mistaken),
    start('generator/main.ts', mistaken),
  ]
  const failingApi = await portOf(failing[1] as RoleProcess)
  const unready = await eventually(async () => {
    const body = await get(failingApi, '/ready')
    if (!/TEMPORAL_API_KEY/.test(body) || !/KAFKA_SASL_PASSWORD/.test(body)) throw new Error(body)
    return body
  })
  expect(JSON.stringify(failing[1]?.log())).toMatch(/password authentication failed .*correct the password/)

  const roles = [worker, api, generator, ...failing]
  const kept = await histories(environment)
  expect(kept).toContain('ingestSlice')
  const everything = [
    ...roles.map((role) => JSON.stringify(role.log())),
    ...(process.platform === 'linux' ? roles.map(commandLine) : []),
    ...[counted, ...ready, unready, kept],
  ]
  for (const form of forms) for (const text of everything) expect(text).not.toContain(form)
})
