import type { Sql, Transaction } from '../connection/connect.ts'
import { actAs, endActing, findOnlyIn } from '../roles/act-as.ts'
import { applyPrivileges, isBootstrapped } from '../roles/apply-privileges.ts'
import { buildIndex } from './build-index.ts'
import { readMigration, withinTransaction, type Migration } from './migration-file.ts'
import { retryingLocks } from './retrying-locks.ts'
import { waitForMigrations } from './migration-lock.ts'
import { appliedMigrations, recordApplied, recordMigration } from './record-migrations.ts'
import { tooOld } from './schema-fit.ts'
import { checkSchema, migrationFiles, schemaNumber, SchemaRefusal } from './schema-version.ts'

/**
 * Applies the files of db/migrations that this database does not have yet, in the order of their names. Those beside which older
 * code may go on are applied one by one, each in a transaction that nobody waits for long (retrying-locks.ts). All up to the last
 * that older code does not fit are one transaction: workers that count meanwhile lose their partitions, and claim them again only if
 * they fit the new schema. Safe when several processes start at once: they take turns on an advisory lock. If the database has the
 * roles of least privilege, they get what db/roles/privileges.ts says.
 * @returns the names of the files that this call applied; none, too, when a newer version migrated the database and says that this
 *   one fits still
 * @throws when the database has a migration that this version does not know and does not fit
 * @throws {SchemaRefusal} when the database was made by a version before 0.3.0
 * @throws {AdministratorNeeded} when a migration is about the audit, which an administrator has to migrate
 */
export async function migrate(sql: Sql): Promise<string[]> {
  const { applied, rest } = await sql.begin(async (tx) => {
    await waitForMigrations(tx)
    const { pending, isEmpty } = await readPending(tx)
    const stopping = pending.slice(0, pending.findLastIndex(({ fitsOlder }) => !fitsOlder) + 1)
    const together = isEmpty ? pending : stopping
    await applyTogether(tx, together, isEmpty)
    await applyPrivilegesOfRoles(tx)
    return { applied: together.map(({ name }) => name), rest: pending.slice(together.length) }
  })
  for (const migration of rest) if (await applyBeside(sql, migration)) applied.push(migration.name)
  return applied
}

/** The same within a transaction, without the privileges. Whoever uses a table that is changed waits until the transaction ends. */
export async function migrateWithin(tx: Transaction): Promise<string[]> {
  await waitForMigrations(tx)
  const { pending, isEmpty } = await readPending(tx)
  await applyTogether(tx, pending, isEmpty)
  return pending.map(({ name }) => name)
}

/** `isEmpty`: no migration has been applied, so nobody uses what they make. */
async function readPending(tx: Transaction): Promise<{ pending: Migration[]; isEmpty: boolean }> {
  const files = await migrationFiles()
  await findOnlyIn(tx, 'pg_catalog')
  await actAs(tx, 'migrate')
  const applied = await appliedMigrations(tx)
  const unknown = [...applied].filter((name) => !files.includes(name))
  const old = applied.size === 0 ? null : tooOld(Math.max(...[...applied].map(schemaNumber)), null)
  if (old !== null) throw new SchemaRefusal(old)
  const pending = files.filter((name) => !applied.has(name))
  if (unknown.length > 0 && !(pending.length === 0 && (await fits(tx))))
    throw new Error(
      `the database has migrations that this version does not know: ${unknown.join(', ')}; run the newer version`,
    )
  await endActing(tx)
  return { pending: await Promise.all(pending.map(readMigration)), isEmpty: applied.size === 0 }
}

async function fits(tx: Transaction): Promise<boolean> {
  try {
    await checkSchema(tx, 'write')
    return true
  } catch (error) {
    if (error instanceof SchemaRefusal) return false
    throw error
  }
}

async function applyTogether(
  tx: Transaction,
  pending: readonly Migration[],
  isEmpty: boolean,
): Promise<void> {
  if (pending.length === 0) return
  await actAs(tx, 'migrate')
  // Before any table is altered: this waits until no batch holds its checkpoint. Otherwise a batch that
  // holds one could wait for an altered table while the migration waits for the checkpoint.
  if (!isEmpty) await tx`/* migrate: fence */ update partition_checkpoint set epoch = epoch + 1`
  for (const migration of pending) await applyOne(tx, migration, withinTransaction(migration))
  await recordMigration(
    tx,
    pending.map(({ name }) => name),
  )
  await endActing(tx)
}

/** @returns false: another process has applied it meanwhile */
async function applyBeside(sql: Sql, migration: Migration): Promise<boolean> {
  const isApplied = (tx: Transaction) => appliedMigrations(tx).then((names) => names.has(migration.name))
  if (migration.index !== null) await buildIndex(sql, migration.index, isApplied)
  return await retryingLocks(sql, migration.name, async (tx, hurry) => {
    await waitForMigrations(tx)
    await findOnlyIn(tx, 'pg_catalog')
    await actAs(tx, 'migrate')
    if (await isApplied(tx)) return false
    await hurry()
    await applyOne(tx, migration, migration.statements)
    await recordMigration(tx, [migration.name])
    await endActing(tx)
    await applyPrivilegesOfRoles(tx)
    return true
  })
}

async function applyOne(tx: Transaction, migration: Migration, statements: string): Promise<void> {
  await recordApplied(tx, migration)
  if (migration.isOfAudit) await actAs(tx, 'owner')
  await tx.unsafe(statements)
  await actAs(tx, 'migrate')
}

async function applyPrivilegesOfRoles(tx: Transaction): Promise<void> {
  if (await isBootstrapped(tx)) await applyPrivileges(tx)
}
