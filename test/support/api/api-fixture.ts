import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import { noCommands, noRuns, noServiceTokens, PROXY, sentBy } from '../../../api/server-fixture.ts'
import { createPseudonym } from '../../../api/context/masks.ts'
import { createApiMetrics } from '../../../api/metrics/serve-api-metrics.ts'
import { localMode } from '../../../api/identity/local-mode.ts'
import { createClientAddress } from '../../../api/limits/client-address.ts'
import { createServer } from '../../../api/server.ts'
import type { LookAudit } from '../../../api/context/audit.ts'
import type { ApiDeps } from '../../../api/context/deps.ts'
import type { KafkaBounds } from '../../../api/context/source-types.ts'
import { connectPostgres, type Sql } from '../../../db/connection/connect.ts'
import { createReadRouter, type ReadRouter } from '../../../db/nodes/router.ts'
import { untraced } from '../../../tracing/span.ts'

export const connect = (url: string): Sql =>
  connectPostgres(url, {
    applicationName: 'rollcall-test',
    maxConnections: 2,
    statementTimeoutMs: 30_000,
    idleInTransactionTimeoutMs: 30_000,
  })

export type TestDatabase = {
  name: string
  sql: Sql
  urlOn: (server: string) => string
  drop: () => Promise<void>
}

/**
 * A database of its own on the server of `adminUrl`.
 * @param prepare makes its tables; left out: those of this version
 */
export async function createDatabase(
  adminUrl: string,
  prepare?: (sql: Sql) => Promise<unknown>,
): Promise<TestDatabase> {
  const name = `api_${randomUUID().replaceAll('-', '')}`
  const urlOn = (server: string) => Object.assign(new URL(server), { pathname: `/${name}` }).href
  const admin = connect(adminUrl)
  const template = prepare === undefined ? inject('templateDatabase') : 'template1'
  await admin.unsafe(`create database ${name} template ${template}`)
  const sql = connect(urlOn(adminUrl))
  await prepare?.(sql)
  const drop = async () => {
    await sql.end()
    await admin.unsafe(`drop database ${name} with (force)`)
    await admin.end()
  }
  return { name, sql, urlOn, drop }
}

export const NOW_MS = Date.parse('2026-03-01T12:00:30Z')

export type Ask = (query: string, variables?: object, headers?: Record<string, string>) => Promise<Answer>

export type Answer = {
  data: Record<string, unknown> | null
  errors?: { message: string; extensions?: object }[]
  extensions?: { readAfter?: string }
}

export type Refusal = { message: string | undefined; [detail: string]: unknown }

/** The first error of an answer, with its extensions beside the message. */
export const refusalIn = (errors: Answer['errors']): Refusal => ({
  message: errors?.[0]?.message,
  ...errors?.[0]?.extensions,
})

/** An API over real Postgres; the other parts say what the test wants them to. */
export function createApi(
  database: { url: string; replicaUrls: string[] },
  parts: {
    kafka?: () => KafkaBounds
    workflowStatus?: ApiDeps['workflowStatus']
    readBack?: ApiDeps['readBack']
    verifyAudit?: ApiDeps['verifyAudit']
    clock?: () => number
    lookAudit?: LookAudit
  } = {},
): { ask: Ask; router: ReadRouter } {
  const router = createReadRouter(database)
  const quiet = { error: console.error, warn: () => undefined, info: () => undefined }
  const server = createServer({
    version: '0.0.0',
    outlooks: () => Promise.resolve(new Map()),
    dependencies: () => Promise.resolve([]),
    topic: 'user-login',
    router,
    kafkaBounds: () => Promise.resolve(parts.kafka?.() ?? { ok: false, message: 'away' }),
    workflowStatus:
      parts.workflowStatus ?? (() => Promise.resolve({ known: false, why: 'temporal', message: 'away' })),
    commands: noCommands,
    tracing: untraced,
    runs: noRuns,
    serviceTokens: noServiceTokens,
    verifyAudit: parts.verifyAudit ?? (() => Promise.reject(new Error('not in this test'))),
    readBack: parts.readBack ?? (() => Promise.reject(new Error('not in this test'))),
    audit: { record: () => Promise.resolve(true) },
    lookAudit: parts.lookAudit ?? null,
    refusals: { count: () => undefined, flush: () => Promise.resolve() },
    identity: localMode,
    signIn: null,
    clientAddress: createClientAddress([PROXY]),
    allowedHosts: ['api'],
    pseudonym: createPseudonym('a key of tests'),
    logger: quiet,
    clock: parts.clock ?? (() => NOW_MS),
    limits: {
      // Tests ask as fast as they can.
      questionsPerSecond: 1_000_000,
      clientMsPerSecond: 1_000,
      subscriptions: { all: 1_000, perClient: 20 },
    },
    documents: { byHash: null, only: false },
    explorer: { introspection: true, graphiql: true },
    metrics: createApiMetrics('test').requests,
    readiness: {
      postgres: () => Promise.resolve(),
      temporal: () => Promise.resolve(),
      kafka: () => Promise.resolve(),
    },
  })
  const ask = async (query: string, variables = {}, headers = {}) => {
    const response = await server.fetch(
      'http://api/graphql',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      },
      sentBy(headers),
    )
    return (await response.json()) as Answer
  }
  return { ask, router }
}
