import { setTimeout as sleep } from 'node:timers/promises'
import { connectPostgres, type Database, type Sql, type Transaction } from '../connection/connect.ts'
import { assertDirectSession } from '../connection/direct-session.ts'
import { classingPostgres } from '../connection/failure.ts'
import { findOnlyIn } from '../roles/act-as.ts'
import { AdministratorNeeded, applyPrivileges, isBootstrapped } from '../roles/apply-privileges.ts'
import { letOwnerReadStatistics, makeRoles, type Passwords } from '../roles/make-roles.ts'
import { databaseRoles } from '../roles/roles.ts'
import {
  actAsOwners,
  closeNewFunctions,
  formerOwners,
  keepGoing,
  readAdministrator,
  secureDatabase,
} from '../roles/take-over.ts'
import { STATEMENT_TIMEOUT_MS } from './migrate-database.ts'
import { migrate, migrateWithin } from './migrate.ts'
import { waitForMigrations } from './migration-lock.ts'

export type Bootstrapped = {
  /** The names of the migrations that this call applied. */
  applied: string[]
  /** What the administrator has to know or do, a sentence each. */
  notes: string[]
}

/**
 * Makes the roles of least privilege, gives them what is in the database, and migrates it, all in one transaction; a database that has the roles is
 * migrated first, as by `npm run migrate`. Safe to repeat,
 * while processes run, and on a database that one role has owned so far: that role may go on for the time being.
 * @param keptDays how long events of the audit are kept, whatever workers say; 0: for ever
 * @throws {AdministratorNeeded} the role of the URL may not do this
 * @throws {PipelineFailure} Postgres is away or refuses; the message says what to do
 */
export async function bootstrapDatabase(
  admin: string | Database,
  passwords: Passwords = {},
  keptDays = 0,
): Promise<Bootstrapped> {
  const sql = connectPostgres(admin, {
    applicationName: 'rollcall bootstrap',
    maxConnections: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: STATEMENT_TIMEOUT_MS,
    urlSetting: 'DATABASE_ADMIN_URL',
  })
  try {
    return await classingPostgres(async () => {
      await assertDirectSession(sql)
      const before = await migrateBeside(sql)
      const { applied, notes } = await retrying(sql, (tx) => bootstrap(tx, passwords, keptDays))
      return { applied: [...before, ...applied], notes }
    }, 'DATABASE_ADMIN_URL')
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** Migrates without a stop what has the roles already; nothing, if that takes what only the rest of a bootstrap gives. */
async function migrateBeside(sql: Sql): Promise<string[]> {
  if (!(await sql.begin(isBootstrapped))) return []
  try {
    return await migrate(sql)
  } catch (error) {
    if (error instanceof AdministratorNeeded) return []
    throw error
  }
}

async function bootstrap(tx: Transaction, passwords: Passwords, keptDays: number): Promise<Bootstrapped> {
  await findOnlyIn(tx, 'pg_catalog')
  await waitForMigrations(tx)
  const administrator = await readAdministrator(tx)
  await makeRoles(tx, passwords)
  const endActing = await actAsOwners(tx, administrator)
  const formers = await formerOwners(tx)
  const notes = await secureDatabase(tx, administrator)
  await closeNewFunctions(tx)
  const applied = await migrateWithin(tx)
  await applyPrivileges(tx)
  await tx`/* bootstrap: retention */
    update public.audit_retention set kept_days = ${keptDays} where kept_days is distinct from ${keptDays}`
  if (!(await letOwnerReadStatistics(tx)))
    notes.push(
      `a replica that has nothing to replay looks as old as the last commit, because ${databaseRoles.owner} is no member of ` +
        `pg_read_all_stats: a superuser can say grant pg_read_all_stats to ${databaseRoles.owner}`,
    )
  for (const former of formers) {
    await keepGoing(tx, former)
    notes.push(formerNote(former))
  }
  if (!formers.includes(administrator.name)) await endActing()
  return { applied, notes }
}

const formerNote = (former: string): string => {
  const { migrate, ingest, api } = databaseRoles
  return (
    `${former} has owned the tables, and may go on as all roles at once: when no process signs in as it any more, say ` +
    `revoke ${migrate}, ${ingest}, ${api} from "${former.replaceAll('"', '""')}"`
  )
}

/**
 * Errors that end when it is done again: a deadlock with a process that runs, and two bootstraps of one server that change the same
 * role.
 */
const isClash = ({ code, message }: { code?: string; message?: string }): boolean =>
  ['40P01', '42710', '23505'].includes(code ?? '') || (code === 'XX000' && /concurrently/.test(message ?? ''))

const ATTEMPTS = 5
const PAUSE_MS = 200

async function retrying<T>(sql: Sql, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await sql.begin(work)) as T
    } catch (error) {
      if (attempt === ATTEMPTS || !isClash(error as { code?: string })) throw error
      await sleep(PAUSE_MS * attempt)
    }
  }
}
