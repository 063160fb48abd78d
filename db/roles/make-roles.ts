import { type Secret, SecretError } from '../../config/secret.ts'
import type { Transaction } from '../connection/connect.ts'
import { INSUFFICIENT_PRIVILEGE } from '../connection/failure.ts'
import { AdministratorNeeded } from './apply-privileges.ts'
import { type DatabaseRole, databaseRoles, type SigningRole, signingRoles } from './roles.ts'
import { scramVerifier } from './scram-verifier.ts'

/** The passwords that an administrator gives to roles. */
export type Passwords = Partial<Record<SigningRole, Secret>>

type Held = { canLogin: boolean; isTooMuch: boolean }

/**
 * Makes the roles that are missing, and sets the passwords that are given. What a role has beyond what it needs is refused: whoever
 * gave it to the role may need it for something else.
 */
export async function makeRoles(tx: Transaction, passwords: Passwords): Promise<void> {
  for (const role of Object.keys(databaseRoles) as DatabaseRole[]) await makeRole(tx, role)
  for (const role of signingRoles) {
    const password = passwords[role]
    if (password !== undefined) await setPassword(tx, role, password)
  }
}

async function makeRole(tx: Transaction, role: DatabaseRole): Promise<void> {
  const name = databaseRoles[role]
  const signsIn = role !== 'owner'
  const [held] = await tx<Held[]>`/* makeRole */
    select rolcanlogin as "canLogin",
           rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls as "isTooMuch"
    from pg_roles where rolname = ${name}`
  if (held?.isTooMuch === true)
    throw new AdministratorNeeded(
      `the role ${name} may do more than it should: take from it what it has of superuser, createrole, createdb, replication and ` +
        'bypassrls (alter role), and run this again',
    )
  if (held === undefined)
    await tx.unsafe(`/* makeRole: new */ create role ${name} ${signsIn ? 'login' : 'nologin'}`)
  else if (role === 'owner' && held.canLogin)
    await tx.unsafe(`/* makeRole: owner */ alter role ${name} nologin`)
}

/** A role that signs in otherwise, by certificate or by a service of the cloud, needs no password. */
async function setPassword(tx: Transaction, role: SigningRole, password: Secret): Promise<void> {
  try {
    const verifier = scramVerifier(password.read())
    await tx.unsafe(`/* setPassword */ alter role ${databaseRoles[role]} password '${verifier}'`)
  } catch (error) {
    if (error instanceof RangeError) throw new SecretError(`${password.setting}: ${error.message}`)
    throw error
  }
}

/**
 * Lets the functions of the audit's owner see when a replica last heard of its primary, if the administrator may.
 * @returns whether they see it
 */
export async function letOwnerReadStatistics(tx: Transaction): Promise<boolean> {
  const [held] = await tx<{ isMember: boolean }[]>`/* letOwnerReadStatistics */
    select pg_has_role(${databaseRoles.owner}, 'pg_read_all_stats', 'usage') as "isMember"`
  if (held?.isMember === true) return true
  return await allowed(
    tx,
    `/* letOwnerReadStatistics: grant */ grant pg_read_all_stats to ${databaseRoles.owner}`,
  )
}

/** Runs a statement. @returns false if the administrator may not */
export async function allowed(tx: Transaction, statement: string): Promise<boolean> {
  try {
    await tx.savepoint((inner) => inner.unsafe(statement))
    return true
  } catch (error) {
    if ((error as { code?: string }).code === INSUFFICIENT_PRIVILEGE) return false
    throw error
  }
}
