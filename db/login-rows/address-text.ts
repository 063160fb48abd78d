import type { Sql, Transaction } from '../connection/connect.ts'

/**
 * The address of a login as domain/fields/ip.ts writes it. Postgres itself writes addresses of ::/96 with
 * dots.
 */
export const addressText = (sql: Sql | Transaction) => sql`
  case when host(ip) like '%:%.%' then '::' || to_hex((ip - inet '::') >> 16) || ':' || to_hex((ip - inet '::') & 65535)
       else host(ip) end`
