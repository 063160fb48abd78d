import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { inject, onTestFinished } from 'vitest'
import { loadConfig, type Config } from '../config/config.ts'
import { connectPostgres, type Sql } from '../db/connect.ts'
import { migrateDatabase } from '../db/migrate-database.ts'
import { createKafka, type Kafka } from '../kafka/client.ts'
import { ensureTopics } from '../kafka/topics.ts'
import { startRole, type RoleProcess } from './role-process.ts'

/** A Rollcall of its own on the run's parts: topics, database, group and task queue that no other test uses. */
export type Deployment = {
  environment: Record<string, string>
  config: Config
  sql: Sql
  kafka: Kafka
  /** Starts `node <entry>` with this deployment's environment; it is killed when the test ends. */
  start: (entry: string, extra?: Record<string, string>) => RoleProcess
}

export async function createDeployment(extra: Record<string, string> = {}): Promise<Deployment> {
  const id = randomUUID().slice(0, 8)
  const environment = { ...inject('stackEnvironment'), ...names(id), ...extra }
  await createDatabase(id)
  const config = loadConfig(environment)
  await migrateDatabase(config.database.url)
  await ensureTopics(config.kafka)
  const sql = connectPostgres(config.database.url, {
    applicationName: 'rollcall test',
    maxConnections: 3,
    statementTimeoutMs: 30_000,
    idleInTransactionTimeoutMs: 30_000,
  })
  onTestFinished(() => sql.end({ timeout: 1 }))
  return {
    environment,
    config,
    sql,
    kafka: createKafka(config.kafka, `test-${id}`),
    start: (entry, more = {}) => {
      const role = startRole(fileURLToPath(new URL(`../${entry}`, import.meta.url)), {
        ...environment,
        ...more,
      })
      onTestFinished(() => role.kill())
      return role
    },
  }
}

const names = (id: string): Record<string, string> => ({
  KAFKA_TOPIC: `user-login-${id}`,
  KAFKA_PROCESSED_TOPIC: `processed-data-${id}`,
  KAFKA_DLQ_TOPIC: `user-login-dlq-${id}`,
  KAFKA_GROUP_ID: `rollcall-${id}`,
  TEMPORAL_TASK_QUEUE: `rollcall-${id}`,
  DATABASE_URL: databaseUrl('DATABASE_URL', id),
  DATABASE_REPLICA_URLS: databaseUrl('DATABASE_REPLICA_URLS', id),
  WORKER_PORT: '0',
  API_PORT: '0',
})

const databaseUrl = (variable: string, id: string): string =>
  (inject('stackEnvironment')[variable] ?? '').replace(/\/[^/]*$/, `/rollcall_${id}`)

async function createDatabase(id: string): Promise<void> {
  const admin = postgres(inject('stackEnvironment')['DATABASE_URL'] ?? '', {
    max: 1,
    onnotice: () => undefined,
  })
  await admin.unsafe(`create database rollcall_${id}`)
  await admin.end()
}
