import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { userInfo } from 'node:os'
import { createPseudonym, isPseudonymKind, type PseudonymKind, pseudonymKinds } from '../api/context/masks.ts'
import { exportAudit } from '../audit/export-audit.ts'
import { readHeadKeys } from '../audit/keys.ts'
import { type HeadsRead, readHeads } from '../audit/read-heads.ts'
import { verifyAll } from '../audit/verify-chain.ts'
import { readOptions, UsageError } from '../cli/command-line.ts'
import type { Config } from '../config/config.ts'
import { loadProcessConfig } from '../config/environment.ts'
import { readKey } from '../config/secret.ts'
import { parseIp } from '../domain/fields/ip.ts'
import { connectPostgres, type Sql } from '../db/connection/connect.ts'
import { classingPostgres } from '../db/connection/failure.ts'
import { recordAuditEvent } from '../db/ledger/audit-events.ts'
import { sayVerification } from '../domain/audit/verification.ts'
import { createKafka } from '../kafka/client.ts'
import { createTopicOffsets } from '../kafka/topics/topic-offsets.ts'
import { runScript } from './run-script.ts'

// `npm run audit -- verify` says whether the audit is whole, and ends with 1 if not; `npm run audit -- export` writes it
// as JSON lines to standard output. `npm run audit -- pseudonym user ann` prints what the audit calls the user ann.

const USAGE =
  'say what to do: npm run audit -- verify, npm run audit --silent -- export, or npm run audit -- pseudonym KIND ID, where KIND is ' +
  pseudonymKinds.join(', ')
/** More than two years of heads, one a minute. */
const MOST_HEADS = 1_000_000
/** Reading a page of events takes milliseconds. */
const STATEMENT_TIMEOUT_MS = 60_000

type Keys = Awaited<ReturnType<typeof readHeadKeys>>
type Work = (sql: Sql, heads: HeadsRead, keys: Keys) => Promise<void>

const works: Record<string, Work> = {
  verify: async (sql, heads, keys) => {
    const found = await verifyAll(sql, heads, keys)
    for (const line of sayVerification(found)) console.log(line)
    if (found.break !== null) process.exitCode = 1
  },
  export: async (sql, heads) => {
    await recordExport(sql)
    for await (const line of exportAudit(sql, heads))
      if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain')
  },
}

/** An export goes on where nothing can be written, such as on a replica. */
async function recordExport(sql: Sql): Promise<void> {
  const { username } = userInfo()
  try {
    await recordAuditEvent(sql, {
      id: randomUUID(),
      kind: 'exported',
      at: new Date().toISOString(),
      actor: { issuer: null, subject: username, name: username, verified: false },
      result: 'done',
      detail: { what: 'audit' },
    })
  } catch (error) {
    console.error(
      `this export is not in the audit: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** What answers and the audit call somebody, by the key of the APIs. */
function pseudonymOf({ pseudonymKey }: Config, kind: PseudonymKind, id: string): string {
  if (pseudonymKey === null)
    throw new UsageError(
      'set PSEUDONYM_KEY or PSEUDONYM_KEY_FILE as the APIs have it: it makes the pseudonyms',
    )
  const value = kind === 'address' ? parseIp(id.trim())?.ip : id
  if (value === undefined) throw new UsageError(`${JSON.stringify(id)} is not an IP address`)
  return createPseudonym(readKey(pseudonymKey))(kind, value)
}

await runScript(async () => {
  const { positionals } = readOptions({ allowPositionals: true })
  const [command, kind, id] = positionals
  if (command === 'pseudonym' && isPseudonymKind(kind) && id !== undefined && positionals.length === 3) {
    console.log(pseudonymOf(loadProcessConfig(), kind, id))
    return
  }
  const work = positionals.length === 1 ? works[positionals[0] ?? ''] : undefined
  if (work === undefined) throw new UsageError(USAGE)
  const config = loadProcessConfig()
  const keys = await readHeadKeys(config.audit)
  const offsets = createTopicOffsets(config.kafka, 'rollcall-audit')
  const kafka = createKafka(config.kafka, 'rollcall-audit')
  const sql = connectPostgres(config.database, {
    applicationName: 'rollcall audit',
    maxConnections: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: STATEMENT_TIMEOUT_MS,
  })
  try {
    const heads = await readHeads({ kafka, offsets, topic: config.kafka.auditHeadsTopic }, keys, MOST_HEADS)
    await classingPostgres(() => work(sql, heads, keys))
  } finally {
    await Promise.allSettled([offsets.close(), sql.end({ timeout: 1 })])
  }
})
