import type { Transaction } from '../connection/connect.ts'
import { databaseObjects, type ObjectKind } from './privileges.ts'
import { databaseRoles } from './roles.ts'

/** An object of the database as it is. */
export type HeldObject = {
  kind: ObjectKind
  /** Without its schema; of a function without its arguments, of a day table `login`. */
  name: string
  /** As statements name it. */
  identity: string
  owner: string
  /** The role that is to own it; null: it is none of Rollcall's. */
  wantedOwner: string | null
  /** Whether this session may do with it what its owner may. */
  isMine: boolean
  /** What `public` and the roles may, but its owner: [grantee, privilege in small letters]. */
  grants: [string, string][]
}

const kindOfRelation: Record<string, ObjectKind> = { r: 'table', p: 'table', v: 'view', S: 'sequence' }

type Row = Omit<HeldObject, 'kind' | 'wantedOwner'> & { type: string; is_day: boolean }

/**
 * Everything in the schema `public`, but what belongs to an extension, or goes with its table, as sequences of identities and indexes
 * do.
 */
export async function readObjects(tx: Transaction): Promise<HeldObject[]> {
  const rows = await tx<Row[]>`/* readObjects */
    with object as (
      select 'pg_class'::regclass as catalog, oid, relkind::text as type, relname::text as name, oid::regclass::text as identity,
             relowner as owner, coalesce(relacl, acldefault(case relkind when 'S' then 's'::"char" else 'r' end, relowner)) as acl,
             exists (select from pg_inherits where inhrelid = pg_class.oid and inhparent = to_regclass('public.login')) as is_day
      from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'S')
      union all
      select 'pg_proc'::regclass, oid, 'function', proname::text, oid::regprocedure::text, proowner,
             coalesce(proacl, acldefault('f', proowner)), false
      from pg_proc where pronamespace = 'public'::regnamespace
      union all
      select 'pg_type'::regclass, oid, 'type', typname::text, oid::regtype::text, typowner,
             coalesce(typacl, acldefault('T', typowner)), false
      from pg_type where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')
    )
    select type, name, identity, pg_get_userbyid(owner)::text as owner, is_day, pg_has_role(owner, 'usage') as "isMine",
           array(
             select array[case grantee when 0 then 'public' else pg_get_userbyid(grantee)::text end, lower(privilege_type)]
             from aclexplode(acl)
             where grantee <> owner
               and (grantee = 0 or grantee in (select oid from pg_roles where rolname = any(${Object.values(databaseRoles)}::text[])))
           ) as grants
    from object
    where not exists (
      select from pg_depend
      where classid = catalog and objid = object.oid
        and (deptype = 'e' or deptype in ('a', 'i') and refclassid = 'pg_class'::regclass and type = 'S'))
    order by name`
  return rows.map(({ type, is_day, ...row }) => {
    const kind = kindOfRelation[type] ?? (type as ObjectKind)
    return { ...row, kind, wantedOwner: is_day ? databaseRoles.migrate : ownerOf(kind, row.name) }
  })
}

function ownerOf(kind: ObjectKind, name: string): string | null {
  const declared = databaseObjects.find((object) => object.kind === kind && object.name === name)
  if (declared === undefined) return null
  return declared.isAudit ? databaseRoles.owner : databaseRoles.migrate
}
