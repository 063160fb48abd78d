import type { ReadSession } from '../../nodes/snapshot.ts'

/** When the batch `latest` of a query was written or changed last, in microseconds since 1970. */
export const lastWrittenAt = (sql: ReadSession['sql']) => sql`
  (extract(epoch from greatest(latest.committed_at,
                               (select max(committed_at) from batch_revision where batch_id = latest.id))) * 1000000)::bigint`
