import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config/config.ts'
import { connectPostgres } from '../db/connection/connect.ts'
import { announceUpkeepProcess, withdrawUpkeepProcess } from '../db/ledger/upkeep-processes.ts'
import type { RunningWorker } from '../db/ledger/workers.ts'
import { checkSchema, SchemaRefusal } from '../db/schema/schema-version.ts'

const ANNOUNCE_EVERY_MS = 2_000
const STATEMENT_TIMEOUT_MS = 3_000

type Announcement = {
  config: Config
  self: RunningWorker
  /** Called once when this version must not write the database any more. */
  refused: (refusal: SchemaRefusal) => void
}

/**
 * Announces in Postgres that this process does upkeep, and looks whether it still fits the database.
 * @returns a function that ends that and withdraws the process
 */
export function announceUpkeep({ config, self, refused }: Announcement): () => Promise<void> {
  const stop = new AbortController()
  const sql = connectPostgres(config.database, {
    applicationName: 'rollcall share',
    maxConnections: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: STATEMENT_TIMEOUT_MS,
  })
  const announcing = (async () => {
    while (!stop.signal.aborted) {
      try {
        await checkSchema(sql, 'write')
        await announceUpkeepProcess(sql, self)
      } catch (error) {
        // A database that is away is said by /ready, and by the tasks that wait for it.
        if (error instanceof SchemaRefusal) {
          refused(error)
          return
        }
      }
      await sleep(ANNOUNCE_EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  })()
  return async () => {
    stop.abort()
    await Promise.race([
      announcing.then(() => withdrawUpkeepProcess(sql, self.id)).catch(() => undefined),
      sleep(ANNOUNCE_EVERY_MS),
    ])
    await sql.end({ timeout: 1 })
  }
}
