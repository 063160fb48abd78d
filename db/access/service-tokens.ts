import type { Role } from '../../domain/access/role.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import { serviceTokenColumns, type ServiceTokenRow } from './service-token-row.ts'

/** Tokens that may be taken at a time: every API holds all of them in memory. */
export const MOST_ACTIVE_TOKENS = 500

/** What a token is made of, but for its text. */
export type NewServiceToken = {
  hash: Buffer
  /** Of the command that makes it. */
  commandId: string
  name: string
  purpose: string
  roles: readonly Role[]
  /** As the audit names who makes it. */
  createdBy: string
  expiresAt: Date
}

/** A token that may be taken. */
export type ActiveServiceToken = Pick<ServiceTokenRow, 'id' | 'name' | 'roles' | 'expires_at'> & {
  hash: Buffer
}

/** Writes a token. Null: its command has made one already. */
export async function insertServiceToken(
  sql: Transaction,
  token: NewServiceToken,
): Promise<ServiceTokenRow | null> {
  const [row] = await sql<ServiceTokenRow[]>`/* insertServiceToken */
    insert into service_token (hash, command_id, name, purpose, roles, created_by, expires_at)
    values (${token.hash}, ${token.commandId}, ${token.name}, ${token.purpose}, ${token.roles as Role[]}::text[],
            ${token.createdBy}, ${token.expiresAt})
    on conflict (command_id) do nothing returning ${serviceTokenColumns(sql)}`
  return row ?? null
}

/**
 * Revokes a token for good; one that is revoked stays as it is. Safe to repeat. Null: there is none of this number.
 */
export async function revokeServiceToken(
  sql: Transaction,
  id: bigint,
  { revokedBy, reason }: { revokedBy: string; reason: string },
): Promise<ServiceTokenRow | null> {
  await sql`/* revokeServiceToken */
    update service_token set revoked_at = clock_timestamp(), revoked_by = ${revokedBy}, revocation_reason = ${reason}
     where id = ${id} and revoked_at is null`
  const [row] = await sql<ServiceTokenRow[]>`/* revokeServiceToken */
    select ${serviceTokenColumns(sql)} from service_token where id = ${id}`
  return row ?? null
}

/** How many tokens may be taken at a moment. */
export async function countActiveServiceTokens(sql: Transaction, at: Date): Promise<number> {
  const [row] = await sql<{ tokens: number }[]>`/* countActiveServiceTokens */
    select count(*)::integer as tokens from service_token where revoked_at is null and expires_at > ${at}`
  return row?.tokens ?? 0
}

/**
 * The tokens that may be taken at a moment.
 * @throws {Error} the node is a standby, which may not know yet that one was revoked
 */
export async function readActiveServiceTokens(sql: Sql, at: Date): Promise<ActiveServiceToken[]> {
  const rows = await sql<(ActiveServiceToken & { is_standby: boolean })[]>`/* readActiveServiceTokens */
    select node.is_standby, id, hash, name, roles, expires_at
      from (select pg_is_in_recovery() as is_standby) as node
      left join service_token on revoked_at is null and expires_at > ${at}`
  if (rows[0]?.is_standby !== false) throw new Error('the node of DATABASE_URL is a standby, and no primary')
  return rows.filter(({ id }) => (id as bigint | null) !== null)
}

/**
 * Notes the minute in which a token was used, unless a later one is noted.
 * @returns whether it was not used before on that day of UTC
 */
export async function noteServiceTokenUse(sql: Sql | Transaction, id: bigint, at: Date): Promise<boolean> {
  const [noted] = await sql<{ is_first_of_day: boolean }[]>`/* noteServiceTokenUse */
    with held as (select id, last_used_at from service_token where id = ${id} for update)
    update service_token set last_used_at = date_trunc('minute', ${at}::timestamptz)
      from held
     where service_token.id = held.id
       and coalesce(held.last_used_at < date_trunc('minute', ${at}::timestamptz), true)
    returning coalesce(held.last_used_at < date_trunc('day', ${at}::timestamptz), true) as is_first_of_day`
  return noted?.is_first_of_day ?? false
}
