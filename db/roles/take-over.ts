import type { Transaction } from '../connection/connect.ts'
import { AdministratorNeeded } from './apply-privileges.ts'
import { readObjects } from './held-objects.ts'
import { allowed } from './make-roles.ts'
import { databaseRoles } from './roles.ts'

const { owner, migrate, ingest, api } = databaseRoles

/** Who runs the bootstrap. */
type Administrator = { name: string; isSuperuser: boolean; ownsDatabase: boolean }

/** @throws {AdministratorNeeded} this role cannot make roles, or has no rights over the database */
export async function readAdministrator(tx: Transaction): Promise<Administrator> {
  const [row] = await tx<(Administrator & { canMakeRoles: boolean })[]>`/* readAdministrator */
    select current_user::text as name, rolsuper as "isSuperuser", rolsuper or rolcreaterole as "canMakeRoles",
           pg_has_role(datdba, 'usage') as "ownsDatabase"
    from pg_roles, pg_database where rolname = current_user and datname = current_database()`
  if (row?.canMakeRoles !== true || !row.ownsDatabase)
    throw new AdministratorNeeded(
      'DATABASE_ADMIN_URL has to name a role with CREATEROLE that owns the database or is a member of its owner, or a superuser',
    )
  return row
}

/**
 * Until the transaction ends, lets an administrator who is no superuser act as the roles that own what is in the database.
 * @returns ends that, but for an administrator who is also the role that workers and APIs have used
 */
export async function actAsOwners(
  tx: Transaction,
  { isSuperuser }: Administrator,
): Promise<() => Promise<void>> {
  if (isSuperuser) return () => Promise.resolve()
  await tx.unsafe(`/* actAsOwners */ grant ${owner}, ${migrate} to current_user with inherit true, set true`)
  return async () => {
    await tx.unsafe(
      `/* actAsOwners: end */ revoke ${owner}, ${migrate} from current_user granted by current_user`,
    )
  }
}

/**
 * The roles, other than the new ones and superusers, that own what is in the database: workers and APIs have signed in as them.
 */
export async function formerOwners(tx: Transaction): Promise<string[]> {
  const owners = new Set(
    (await readObjects(tx)).filter((object) => object.wantedOwner !== null).map((object) => object.owner),
  )
  const rows = await tx<{ name: string }[]>`/* formerOwners */
    select rolname::text as name from pg_roles
    where rolname = any(${[...owners]}::text[]) and not rolsuper and rolname not in (${owner}, ${migrate})`
  return rows.map(({ name }) => name)
}

/**
 * Lets processes that still sign in as a former owner go on, with the rights of all roles that run; the audit is no longer theirs.
 */
export async function keepGoing(tx: Transaction, formerOwner: string): Promise<void> {
  await tx`/* keepGoing */ grant ${tx.unsafe(`${migrate}, ${ingest}, ${api}`)} to ${tx(formerOwner)}`
}

type Held = {
  name: string
  owner: string
  /** Whether somebody signs in as its owner. */
  isSomebodys: boolean
  isOpen: boolean
  hasTemporary: boolean
}

/**
 * Whoever owns the database, or the schema, can drop what is in it: that is the administrator, or the role that owns the audit.
 * @returns what the administrator may not do and has to know
 */
export async function secureDatabase(tx: Transaction, { name }: Administrator): Promise<string[]> {
  const [database] = await tx<Held[]>`
    /* secureDatabase */
    select datname::text as name, pg_get_userbyid(datdba)::text as owner,
           has_schema_privilege('public', 'public', 'create') as "isOpen",
           has_database_privilege('public', current_database(), 'temporary') as "hasTemporary",
           (select rolcanlogin and not rolsuper from pg_roles where oid = datdba) as "isSomebodys"
    from pg_database where datname = current_database()`
  if (database === undefined) throw new Error('secureDatabase found no database')
  const quoted = `"${database.name.replaceAll('"', '""')}"`
  const isOthers = database.isSomebodys && database.owner !== name
  const moved =
    !isOthers || (await allowed(tx, `/* secureDatabase: owner */ alter database ${quoted} owner to ${owner}`))
  if (database.isOpen)
    await tx.unsafe('/* secureDatabase: schema */ revoke create on schema public from public')
  // No process makes temporary tables; whoever can might put one before a table that it is not.
  if (database.hasTemporary)
    await tx.unsafe(`/* secureDatabase: temporary */ revoke temporary on database ${quoted} from public`)
  const missing = await tx<{ role: string; privilege: string }[]>`/* secureDatabase: missing */
    select role, privilege
    from (values (${migrate}, 'create'), (${owner}, 'create'), (${migrate}, 'usage'), (${owner}, 'usage'),
                 (${ingest}, 'usage'), (${api}, 'usage')) as wanted (role, privilege)
    where not exists (
      select from pg_namespace, aclexplode(nspacl)
      where nspname = 'public' and pg_get_userbyid(grantee) = role and lower(privilege_type) = privilege)`
  for (const { role, privilege } of missing)
    await tx.unsafe(`/* secureDatabase: grant */ grant ${privilege} on schema public to ${role}`)
  await grantDatabase(tx, quoted)
  const notes = moved
    ? []
    : [
        `the database still belongs to ${database.owner}, which may drop whatever is in it: a superuser can say ` +
          `alter database ${quoted} owner to ${owner}`,
      ]
  return [...notes, ...(await secureSchema(tx, name))]
}

/** As of a database that Postgres 14 made, or of one whose schema somebody gave to the role that was to make tables there. */
async function secureSchema(tx: Transaction, administrator: string): Promise<string[]> {
  const [schema] = await tx<{ owner: string; isSomebodys: boolean }[]>`/* secureSchema */
    select rolname::text as owner, not rolsuper and rolname not in (${owner}, 'pg_database_owner') as "isSomebodys"
    from pg_namespace join pg_roles on pg_roles.oid = nspowner where nspname = 'public'`
  if (schema?.isSomebodys !== true || schema.owner === administrator) return []
  const statement = `alter schema public owner to ${owner}`
  return (await allowed(tx, `/* secureSchema: owner */ ${statement}`))
    ? []
    : [
        `the schema public still belongs to ${schema.owner}, which may drop whatever is in it: a superuser can say ${statement}`,
      ]
}

async function grantDatabase(tx: Transaction, quoted: string): Promise<void> {
  const [held] = await tx<{ all: boolean }[]>`/* grantDatabase */
    select has_database_privilege(${migrate}, current_database(), 'temporary')
           and (select bool_and(has_database_privilege(role, current_database(), 'connect'))
                from unnest(${[migrate, ingest, api]}::text[]) as role) as all`
  if (held?.all === true) return
  await tx.unsafe(
    `/* grantDatabase: connect */ grant connect on database ${quoted} to ${migrate}, ${ingest}, ${api}`,
  )
  await tx.unsafe(`/* grantDatabase: temporary */ grant temporary on database ${quoted} to ${migrate}`)
}

/** Functions of later migrations are nobody's but their owner's until db/roles/privileges.ts says otherwise. */
export async function closeNewFunctions(tx: Transaction): Promise<void> {
  for (const role of [owner, migrate]) {
    const [held] = await tx<{ isClosed: boolean }[]>`/* closeNewFunctions */
      select exists (
        select from pg_default_acl where defaclrole = ${role}::regrole and defaclobjtype = 'f'
          and not exists (select from aclexplode(defaclacl) where grantee = 0)) as "isClosed"`
    if (held?.isClosed !== true)
      await tx.unsafe(
        `/* closeNewFunctions: close */ alter default privileges for role ${role} revoke execute on functions from public`,
      )
  }
}
