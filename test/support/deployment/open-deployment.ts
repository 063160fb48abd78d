import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { loadConfig, type Config } from '../../../config/config.ts'
import { connectPostgres, type Sql } from '../../../db/connection/connect.ts'
import { readAdministrator, secureDatabase } from '../../../db/roles/take-over.ts'
import { bootstrapDatabase } from '../../../db/schema/bootstrap.ts'
import { createKafka, type Kafka } from '../../../kafka/client.ts'
import { ensureTopics } from '../../../kafka/topics/topics.ts'

/** A Rollcall of its own on shared parts: topics, database, group and task queue that nobody else uses. */
export type OpenDeployment = {
  environment: Record<string, string>
  config: Config
  sql: Sql
  kafka: Kafka
  close: () => Promise<void>
}

/**
 * @param stackEnvironment what finds the parts; their Postgres user may create databases
 * @param template a bootstrapped database to copy
 */
export async function openDeployment(
  stackEnvironment: Record<string, string>,
  extra: Record<string, string>,
  template?: string,
): Promise<OpenDeployment> {
  const id = randomUUID().slice(0, 8)
  const environment = { ...stackEnvironment, ...names(stackEnvironment, id), ...extra }
  await createDatabase(stackEnvironment['DATABASE_URL'] ?? '', `rollcall_${id}`, template)
  const config = loadConfig(environment)
  const { retentionDays } = config.audit
  // A Postgres of the test's own has neither the template nor the roles.
  const isCopy = template !== undefined && extra['DATABASE_URL'] === undefined
  if (!isCopy || retentionDays > 0) await bootstrapDatabase(config.database.url, {}, retentionDays)
  await ensureTopics(config.kafka)
  const sql = connectPostgres(config.database.url, {
    applicationName: 'rollcall test',
    maxConnections: 3,
    statementTimeoutMs: 30_000,
    idleInTransactionTimeoutMs: 30_000,
  })
  // A copy has all but what its template says of the database itself.
  if (isCopy) await sql.begin(async (tx) => secureDatabase(tx, await readAdministrator(tx)))
  return {
    environment,
    config,
    sql,
    kafka: createKafka(config.kafka, `test-${id}`),
    close: () => sql.end({ timeout: 1 }),
  }
}

const names = (stackEnvironment: Record<string, string>, id: string): Record<string, string> => ({
  KAFKA_TOPIC: `user-login-${id}`,
  KAFKA_PROCESSED_TOPIC: `processed-data-${id}`,
  KAFKA_DLQ_TOPIC: `user-login-dlq-${id}`,
  KAFKA_AUDIT_HEADS_TOPIC: `rollcall-audit-heads-${id}`,
  KAFKA_GROUP_ID: `rollcall-${id}`,
  TEMPORAL_TASK_QUEUE: `rollcall-${id}`,
  DATABASE_URL: databaseUrl(stackEnvironment['DATABASE_URL'], id),
  DATABASE_REPLICA_URLS: databaseUrl(stackEnvironment['DATABASE_REPLICA_URLS'], id),
  WORKER_PORT: '0',
  API_PORT: '0',
})

const databaseUrl = (server: string | undefined, id: string): string =>
  (server ?? '').replace(/\/[^/]*$/, `/rollcall_${id}`)

async function createDatabase(server: string, name: string, template = 'template1'): Promise<void> {
  const admin = postgres(server, { max: 1, onnotice: () => undefined })
  await admin.unsafe(`create database ${name} template ${template}`)
  await admin.end()
}
