import { loadConfig, type Config } from '../../config/config.ts'
import { connectPostgres, type Sql } from '../../db/connection/connect.ts'
import type { RunningProcess } from '../../stack/processes/process.ts'
import type { BenchStack } from '../bench-stack.ts'
import type { Input } from '../program.ts'
import { createTopic, watchCommitted, type Progress } from '../topics.ts'

/** A program that is measured, with a database, output topics and a consumer group of its own. */
export type Subject = {
  name: string
  /** Environment variables for its processes. */
  environment: Record<string, string>
  config: Config
  /** A connection to its database. */
  sql: Sql
  launch: () => RunningProcess
  /** Starts its GraphQL API; null: it has none. */
  launchApi: ((port: number) => RunningProcess) | null
  /**
   * Reads logins by minute (as generator/ground-truth.ts writes it) and dimensions; null: its tables are not
   * known.
   */
  counts: (() => Promise<{ key: string; logins: number }[]>) | null
  /**
   * Reads how many users logged in on each day of the event (`2024-07-10`, UTC), and how often; null: it
   * keeps no row per user and day, or not yet when a backlog is drained.
   */
  userDays: (() => Promise<UserDay[]>) | null
  /** Watches how many of `events` logins are done: counted in Postgres and published. */
  watch: (events: number) => Promise<Progress>
  /** Reads how many partitions each of its processes has at the moment; null: that cannot be read. */
  held: (() => Promise<number[]>) | null
  /**
   * Ends what outlives its processes and drops the database. Postgres makes a checkpoint when it drops one,
   * so that every subject starts from the same state.
   */
  remove: () => Promise<void>
}

export type UserDay = { day: string; users: number; logins: number }

/** What differs between the programs. */
type SubjectParts = Pick<Subject, 'name' | 'launch'> & {
  launchApi?: (port: number) => RunningProcess
  prepare: (sql: Sql, config: Config) => Promise<unknown>
  counts?: (sql: Sql) => Promise<{ key: string; logins: number }[]>
  userDays?: (sql: Sql) => Promise<UserDay[]>
  watch?: (sql: Sql, config: Config, events: number) => Promise<Progress>
  held?: (sql: Sql) => Promise<number[]>
  cleanUp: (config: Config) => Promise<void>
}

const STATEMENT_TIMEOUT_MS = 60_000
let subjects = 0

/** Environment variables of a subject that shares nothing with other subjects but its input. */
export function subjectEnvironment(
  stack: BenchStack,
  name: string,
  { topic, partitions }: Input,
): Record<string, string> {
  const id = `${name}_${++subjects}`
  const database = (url: string) => Object.assign(new URL(url), { pathname: `/${id}` }).href
  return {
    ...stack.environment,
    DATABASE_URL: database(stack.environment['DATABASE_URL'] ?? ''),
    DATABASE_REPLICA_URLS: database(stack.environment['DATABASE_REPLICA_URLS'] ?? ''),
    KAFKA_TOPIC: topic,
    KAFKA_PARTITIONS: String(partitions),
    KAFKA_PROCESSED_TOPIC: `processed-${id}`,
    KAFKA_DLQ_TOPIC: `dlq-${id}`,
    KAFKA_GROUP_ID: id,
    TEMPORAL_TASK_QUEUE: id,
    WORKER_PORT: '0',
    LOG_LEVEL: 'warn',
  }
}

export async function createSubject(
  stack: BenchStack,
  environment: Record<string, string>,
  parts: SubjectParts,
): Promise<Subject> {
  const config = loadConfig(environment)
  const { processedTopic, dlqTopic, groupId, partitions } = config.kafka
  await onServer(stack, (sql) => sql.unsafe(`create database "${groupId}"`))
  await Promise.all([processedTopic, dlqTopic].map((topic) => createTopic(config.kafka, topic, partitions)))
  const sql = connectPostgres(config.database.url, connection)
  const { counts, userDays, watch, held } = parts
  await parts.prepare(sql, config)
  return {
    name: parts.name,
    environment,
    config,
    sql,
    launch: parts.launch,
    launchApi: parts.launchApi ?? null,
    counts: counts === undefined ? null : () => counts(sql),
    userDays: userDays === undefined ? null : () => userDays(sql),
    watch: (events) => watch?.(sql, config, events) ?? watchCommitted(config.kafka),
    held: held === undefined ? null : () => held(sql),
    remove: async () => {
      await parts.cleanUp(config)
      await sql.end({ timeout: 1 })
      await onServer(stack, (server) => server.unsafe(`drop database "${groupId}" with (force)`))
    },
  }
}

const connection = {
  applicationName: 'rollcall bench',
  maxConnections: 1,
  statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  idleInTransactionTimeoutMs: STATEMENT_TIMEOUT_MS,
}

async function onServer(stack: BenchStack, work: (sql: Sql) => Promise<unknown>): Promise<void> {
  const sql = connectPostgres(stack.environment['DATABASE_URL'] ?? '', connection)
  try {
    await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
