import type { Sql, Transaction } from '../connection/connect.ts'
import { databaseRoles, type RunningRole } from './roles.ts'

/** `writes`: null in a database that is not migrated yet. */
type Rights = { isSuperuser: boolean; owns: boolean; creates: boolean; writes: boolean | null }

/**
 * Says whether a process runs with more rights than it needs, or with those of another process, and what to do: a database that nobody gave roles to works as it did.
 * Null: it does not. Asked of whichever node the process reads; a database that is not migrated yet has nothing to say.
 */
export async function excessRights(sql: Sql | Transaction, running: RunningRole): Promise<string | null> {
  const [rights] = await sql<Rights[]>`/* excessRights */
    select rolsuper as "isSuperuser",
           exists (
             select from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
               and pg_has_role(relowner, 'usage')
           ) as owns,
           rolcreaterole or rolbypassrls or rolreplication or pg_has_role(datdba, 'usage')
             or has_schema_privilege('public', 'create') as creates,
           has_table_privilege(to_regclass('public.batch'), 'insert') as writes
    from pg_roles, pg_database where rolname = current_user and datname = current_database()`
  const excess = rights === undefined ? null : excessOf(rights, running)
  return excess === null
    ? null
    : `the role of DATABASE_URL ${excess}: let an administrator run npm run migrate -- --bootstrap, and sign in as ` +
        `${databaseRoles[running]} (docs/operations.md, "Roles of Postgres")`
}

function excessOf({ isSuperuser, owns, creates, writes }: Rights, running: RunningRole): string | null {
  if (isSuperuser) return 'is a superuser'
  if (owns) return 'owns tables, which it could change and drop'
  if (creates) return 'may make tables or roles'
  if (running === 'api') return writes === true ? 'may write counts' : null
  return writes === false ? 'may not write counts, as if it were of an API' : null
}
