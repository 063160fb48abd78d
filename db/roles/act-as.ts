import type { Transaction } from '../connection/connect.ts'
import { AdministratorNeeded, isBootstrapped } from './apply-privileges.ts'
import { allowed } from './make-roles.ts'
import { databaseRoles } from './roles.ts'

/**
 * Runs the rest of the transaction, until endActing, as a role that owns what is to be changed: what that role has put there, such as a
 * trigger, or a function that fits a call better than Postgres's own, gets no rights of an administrator by it. A database without
 * roles is left to whoever migrates it.
 * @throws {AdministratorNeeded} the session may not act as that role
 */
export async function actAs(tx: Transaction, role: 'owner' | 'migrate'): Promise<void> {
  await findOnlyIn(tx, 'public')
  if (!(await isBootstrapped(tx))) return
  await tx.unsafe('/* actAs: end */ set local role none')
  if (await allowed(tx, `/* actAs */ set local role ${databaseRoles[role]}`)) return
  throw new AdministratorNeeded(
    `this needs the rights of ${databaseRoles[role]}: an administrator of the database has to run npm run migrate -- --bootstrap ` +
      '(docs/operations.md, "Roles of Postgres")',
  )
}

/** Back to the session's own role, which from here on finds nothing by name but what is Postgres's own. */
export async function endActing(tx: Transaction): Promise<void> {
  await tx.unsafe('/* endActing */ set local role none')
  await findOnlyIn(tx, 'pg_catalog')
}

/** Where names without a schema are looked for until the transaction ends, beside what is Postgres's own. */
export const findOnlyIn = (tx: Transaction, schema: 'public' | 'pg_catalog') =>
  tx.unsafe(`/* findOnlyIn */ set local search_path = ${schema}, pg_temp`)
