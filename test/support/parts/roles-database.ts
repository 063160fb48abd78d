import { inject, onTestFinished } from 'vitest'
import { connectPostgres, type Sql } from '../../../db/connection/connect.ts'
import type { SigningRole } from '../../../db/roles/roles.ts'
import { bootstrapDatabase } from '../../../db/schema/bootstrap.ts'
import { asRole } from '../../../stack/as-role.ts'
import { createDatabase } from '../api/api-fixture.ts'

/** Takes what is to be done when the test ends, or the file. */
type AtEnd = (end: () => Promise<unknown>) => void
const whenTestEnds: AtEnd = (end) => {
  onTestFinished(async () => {
    await end()
  })
}

/** One session, which is closed in the end. */
export function session(url: string, atEnd = whenTestEnds): Sql {
  const sql = connectPostgres(url, {
    applicationName: 'rollcall test of roles',
    maxConnections: 1,
    statementTimeoutMs: 30_000,
    idleInTransactionTimeoutMs: 30_000,
  })
  atEnd(() => sql.end({ timeout: 1 }))
  return sql
}

/** A database with its roles, and a session of a superuser. */
export async function createRolesDatabase(atEnd = whenTestEnds) {
  const database = await createDatabase(inject('databaseUrl'))
  atEnd(database.drop)
  const url = database.urlOn(inject('databaseUrl'))
  await bootstrapDatabase(url)
  return { url, sql: database.sql, as: (role: SigningRole) => session(asRole(url, role), atEnd) }
}

/** How a statement ends: its SQLSTATE, or `allowed`. Nothing of it stays. */
export async function outcomeOf(sql: Sql, statement: string): Promise<string> {
  const undone = new Error('undone')
  try {
    await sql.begin(async (tx) => {
      await tx.unsafe(statement)
      throw undone
    })
    return 'undone'
  } catch (error) {
    return error === undone ? 'allowed' : ((error as { code?: string }).code ?? String(error))
  }
}
