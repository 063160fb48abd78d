import type { Transaction } from '../connection/connect.ts'
import { type HeldObject, readObjects } from './held-objects.ts'
import { databaseObjects } from './privileges.ts'
import { databaseRoles, signingRoles } from './roles.ts'

/** What only an administrator can do; the message says how. */
export class AdministratorNeeded extends Error {
  override name = 'AdministratorNeeded'
}

/** Whether the roles own what is in the database: somebody ran `npm run migrate -- --bootstrap` on it. */
export async function isBootstrapped(tx: Transaction): Promise<boolean> {
  const [row] = await tx<{ owner: string }[]>`/* isBootstrapped */
    select pg_get_userbyid(relowner)::text as owner from pg_class where oid = to_regclass('public.migration')`
  return row?.owner === databaseRoles.migrate
}

/**
 * Gives every object the owner and the running roles the privileges that db/roles/privileges.ts says, and takes away what it does not
 * say. Changes only what differs, so that a repeated run takes no locks.
 * @throws {AdministratorNeeded} a difference is in the audit, which is not this session's
 */
export async function applyPrivileges(tx: Transaction): Promise<void> {
  const moves = (await readObjects(tx)).flatMap(changeOfOwner)
  await execute(tx, moves)
  // Read again, because what a role may go on doing with an object is said by its new owner.
  await execute(tx, (await readObjects(tx)).flatMap(changesOfPrivileges))
}

type Change = { object: HeldObject; statement: string }

const changeOfOwner = (object: HeldObject): Change[] =>
  object.wantedOwner === null || object.owner === object.wantedOwner
    ? []
    : [{ object, statement: `alter ${object.kind} ${object.identity} owner to ${object.wantedOwner}` }]

function changesOfPrivileges(object: HeldObject): Change[] {
  const declared = databaseObjects.find(({ kind, name }) => kind === object.kind && name === object.name)
  if (declared === undefined) return []
  const grantees = ['public', ...Object.values(databaseRoles)]
  return grantees.flatMap((grantee) => {
    const role = signingRoles.find((name) => databaseRoles[name] === grantee)
    const wanted = role === undefined ? [] : declared.allowed[role]
    const held = object.grants.filter(([holder]) => holder === grantee).map(([, privilege]) => privilege)
    const on = `on ${object.kind === 'view' ? 'table' : object.kind} ${object.identity}`
    return [
      [held.filter((privilege) => !wanted.includes(privilege)), 'revoke', 'from'] as const,
      [wanted.filter((privilege) => !held.includes(privilege)), 'grant', 'to'] as const,
    ]
      .filter(([privileges]) => privileges.length > 0)
      .map(([privileges, verb, whom]) => ({
        object,
        statement: `${verb} ${privileges.join(', ')} ${on} ${whom} ${grantee}`,
      }))
  })
}

async function execute(tx: Transaction, changes: readonly Change[]): Promise<void> {
  const others = changes.find(({ object }) => !object.isMine)
  if (others !== undefined)
    throw new AdministratorNeeded(
      `${others.object.kind} ${others.object.name} is not this role's to change: an administrator of the database has to run ` +
        'npm run migrate -- --bootstrap (docs/operations.md, "Roles of Postgres")',
    )
  if (changes.length > 0)
    await tx.unsafe(`/* applyPrivileges */ ${changes.map(({ statement }) => statement).join(';\n')}`)
}
