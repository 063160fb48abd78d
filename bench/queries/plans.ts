import { readFileSync } from 'node:fs'
import { connectPostgres } from '../../db/connection/connect.ts'
import type { BenchStack } from '../bench-stack.ts'

/** Faster statements do not make a question slow, so their plans are not logged. */
const MIN_MS = 20
/** Lines are cut to this length: a sum over all columns of a table would fill a screen. */
const MAX_COLUMNS = 200
const TIMEOUT_MS = 10_000
const LOGS = ['postgres-primary', 'postgres-replica']

/**
 * Lets Postgres log the plans of slow statements while `work` runs, in sessions that begin meanwhile.
 * @param work is given a function that returns the plans logged since its last call
 */
export async function withPlans(
  stack: BenchStack,
  work: (plans: () => string) => Promise<void>,
): Promise<void> {
  // Settings of a database are replicated.
  await change(stack, [
    `set session_preload_libraries = 'auto_explain'`,
    `set auto_explain.log_min_duration = ${MIN_MS}`,
    `set auto_explain.log_analyze = on`,
    `set auto_explain.log_buffers = on`,
    `set auto_explain.log_parameter_max_length = 100`,
  ])
  const read = () => LOGS.map((name) => readFileSync(stack.logOf(name), 'utf8'))
  let before = read()
  try {
    await work(() => {
      const logs = read()
      const added = logs.map((log, i) => log.slice(before[i]?.length ?? 0))
      before = logs
      return readable(added.join(''))
    })
  } finally {
    await change(stack, ['reset all'])
  }
}

const readable = (log: string): string =>
  log
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.slice(0, MAX_COLUMNS))
    .join('\n')

async function change(stack: BenchStack, changes: string[]): Promise<void> {
  const sql = connectPostgres(stack.environment['DATABASE_URL'] ?? '', {
    applicationName: 'rollcall bench',
    maxConnections: 1,
    statementTimeoutMs: TIMEOUT_MS,
    idleInTransactionTimeoutMs: TIMEOUT_MS,
  })
  try {
    for (const one of changes) await sql.unsafe(`alter database rollcall ${one}`)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
