import type { ServiceTokenState } from '../../../domain/access/service-token.ts'
import { serviceTokenColumns, type ServiceTokenRow } from '../../access/service-token-row.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { countUpTo, type Key, orderOfPage, type Page, withinPage } from '../keyset.ts'

/** `states` at the moment `at`; null: any. */
export type ServiceTokenFilter = { states: readonly ServiceTokenState[] | null; at: Date }

export const keyOfServiceToken = (row: ServiceTokenRow): Key => ({ at: row.key_at, ids: [row.id] })

/** Reads tokens by when they were made. */
export async function readServiceTokens(
  { sql }: ReadSession,
  filter: ServiceTokenFilter,
  page: Page,
): Promise<ServiceTokenRow[]> {
  return await sql<ServiceTokenRow[]>`
    /* readServiceTokens */
    select ${serviceTokenColumns(sql)} ${tokensOf(sql, filter, page)} ${orderOfPage(sql, ['created_at', 'id'], page)}`
}

/** Reads one token. Null: there is none of this number. */
export async function readServiceToken({ sql }: ReadSession, id: bigint): Promise<ServiceTokenRow | null> {
  const [token] = await sql<ServiceTokenRow[]>`
    /* readServiceToken */ select ${serviceTokenColumns(sql)} from service_token where id = ${id}`
  return token ?? null
}

/** Counts tokens, up to a limit. */
export const countServiceTokens = (
  session: ReadSession,
  filter: ServiceTokenFilter,
  limit: number,
): Promise<number> => countUpTo(session, tokensOf(session.sql, filter, null), limit)

/** The state is that of stateOf (domain/access/service-token.ts). */
function tokensOf(sql: ReadSession['sql'], { states, at }: ServiceTokenFilter, page: Page | null) {
  return sql`
    from service_token
    where true
      ${
        states === null
          ? sql``
          : sql`and case when revoked_at is not null then 'revoked' when expires_at <= ${at} then 'expired' else 'active' end
                    = any(${states as string[]}::text[])`
      }
      ${withinPage(sql, ['created_at', 'id'], page, { from: null, to: null })}`
}
