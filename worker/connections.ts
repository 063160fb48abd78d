import type { Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import type { Logger } from '../config/logger.ts'
import type { Config } from '../config/config.ts'
import { checkDatabase } from '../db/connection/check-database.ts'
import { connectPostgres, type Sql } from '../db/connection/connect.ts'
import { excessRights } from '../db/roles/excess-rights.ts'
import { publishCommandKey } from '../db/ledger/command-keys.ts'
import { checkSchema, SchemaRefusal } from '../db/schema/schema-version.ts'
import { createCommandSigner, type CommandSigner, type PublicKey } from '../signatures/command-signer.ts'
import { nativeOptions } from '../temporal/connect.ts'
import { createTopicOffsets, type TopicOffsets } from '../kafka/topics/topic-offsets.ts'

/** What a worker process keeps open for all of its activities. */
export type Connections = {
  /** For commands to Temporal. */
  temporal: Connection
  /** For polling tasks of Temporal. */
  native: NativeConnection
  /** The primary, for small reads and writes. */
  sql: Sql
  topicOffsets: TopicOffsets
  /** Signs the replays of runs. */
  signer: CommandSigner
}

const STATEMENT_TIMEOUT_MS = 10_000

/**
 * Opens what a worker needs besides `temporal`. A Postgres or Kafka that is away is no error here: whoever
 * needs it waits.
 * @throws {SchemaRefusal} if this version must not write the database
 * @throws {PipelineFailure} if Postgres is reached through a pooler
 */
export async function openConnections(
  config: Config,
  temporal: Connection,
  log: Logger,
): Promise<Connections> {
  const native = await NativeConnection.connect(nativeOptions(config.temporal))
  const sql = connectPostgres(config.database, {
    applicationName: 'rollcall worker',
    maxConnections: 2,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: STATEMENT_TIMEOUT_MS,
  })
  await checkDatabase(
    (work) => work(sql),
    (error) => {
      log.error({ error }, 'Postgres refuses this worker: partitions wait and try again until that is fixed')
    },
  )
  await refuseUnfitSchema(sql)
  await warnOfExcessRights(sql, log)
  const publish = (key: PublicKey) => publishCommandKey(sql, { ...key, holder: 'worker' })
  const signer = createCommandSigner(config.temporal.namespace, publish, Date.now)
  return { temporal, native, sql, topicOffsets: createTopicOffsets(config.kafka, 'rollcall-worker'), signer }
}

/** Closes everything and ignores what fails to close. */
export async function closeConnections(connections: Connections): Promise<void> {
  const { temporal, native, sql, topicOffsets, signer } = connections
  signer.end()
  await Promise.allSettled([topicOffsets.close(), sql.end({ timeout: 1 }), native.close(), temporal.close()])
}

/** Says nothing while the database is away: /ready says it then. */
async function warnOfExcessRights(sql: Sql, log: Logger): Promise<void> {
  const excess = await excessRights(sql, 'ingest').catch(() => null)
  if (excess !== null) log.warn({}, excess)
}

/** Ignores a database that is away: sharePartitions checks the schema again and again before slices run. */
async function refuseUnfitSchema(sql: Sql): Promise<void> {
  try {
    await checkSchema(sql, 'write')
  } catch (error) {
    if (error instanceof SchemaRefusal) throw error
  }
}
