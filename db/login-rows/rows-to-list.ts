import { dimensionNames } from '../../domain/counts/dimensions.ts'
import type { Sql, Transaction } from '../connection/connect.ts'

const columns = [
  ...['event_at', 'user_id', 'device_id', 'ip'],
  ...dimensionNames,
  ...['batch_id', 'kafka_offset'],
].join(', ')

/** Rows of logins, in SQL, wherever the lists by hour are made from them: late ones have no row of `login`. */
export const ROWS_TO_LIST = `(select ${columns} from login union all select ${columns} from late_login)`

/**
 * The SQL condition that a row of logins is of one of some revisions: of those that turned rejects into logins
 * (redrives) it is what they turned, of others what no redrive turned.
 * @param revisions name of a table or CTE of (batch_id, revision)
 */
export function ofRevisions(sql: Sql | Transaction, revisions: string) {
  const given = sql.unsafe(revisions)
  // Offset 0 makes Postgres look rejects up by their batch, however many there are.
  const turned = sql`
    select ${given}.batch_id, kafka_offset
    from ${given}
    cross join lateral (
      select kafka_offset, redriven_in from rejected_login as reject where reject.batch_id = ${given}.batch_id offset 0
    ) as reject
    where redriven_in`
  // Not joins: Postgres takes a day without statistics for empty, and would compare every row with every batch.
  return sql`(
    (batch_id in (
      select batch_id from ${given}
      where not exists (
        select from batch_revision as made
        where made.batch_id = ${given}.batch_id and made.revision = ${given}.revision and made.kind = 'redrive'))) is true
    and ((batch_id, kafka_offset) in (${turned} is not null)) is not true
    or ((batch_id, kafka_offset) in (${turned} = revision)) is true)`
}
