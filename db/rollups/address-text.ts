import type { ReadSession } from '../nodes/snapshot.ts'

/** The address of a login as domain/fields/ip.ts writes it: Postgres writes those of ::/96 with dots. */
export const addressText = (sql: ReadSession['sql']) => sql`
  case when host(ip) like '%:%.%' then '::' || to_hex((ip - inet '::') >> 16) || ':' || to_hex((ip - inet '::') & 65535)
       else host(ip) end`
