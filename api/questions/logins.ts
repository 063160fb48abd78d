import { readRowsKept, type RowsKept } from '../../db/read/rows/expired-logins.ts'
import { keyOfLogin, type LoginRow, type LoginRowFilter, readLogins } from '../../db/read/rows/logins.ts'
import type { ApiContext } from '../context/context.ts'
import { RowsGoneError } from '../context/errors.ts'
import type { Freshness } from '../context/freshness.ts'
import { type Connection, type PageArgs, readConnection } from './connection.ts'

/** A page of logins, and what of the range that was searched it can have. */
export type LoginPage = Connection<LoginRow> & { event: LoginRowFilter['event']; rows: RowsKept }

/**
 * Logins that are kept as rows.
 * @throws {RowsGoneError} the range has logins and none of its rows are kept
 */
export async function listLogins(
  context: ApiContext,
  filter: LoginRowFilter,
  args: PageArgs,
): Promise<LoginPage> {
  const page = await readConnection('logins', args, keyOfLogin, (wanted) =>
    context.read((session) => readLogins(session, filter, wanted)),
  )
  const rows = await context.read((session) => readRowsKept(session, filter))
  if (rows.expired === 'all') throw gone(rows)
  return { ...page, event: filter.event, rows }
}

function gone({ keptFrom }: RowsKept): RowsGoneError {
  const kept = keptFrom === null ? 'no rows are kept' : `rows are kept from ${keptFrom.toISOString()} on`
  return new RowsGoneError(
    `the logins asked for are counted, and their rows are gone: ${kept} (LOGIN_RETENTION_DAYS). Ask from then on, or for the ` +
      'events of their batches (lineage, Batch.events), which are read back from Kafka as long as it has them',
    keptFrom,
  )
}

/** Of an answer from rows, which lacks the logins whose rows are gone. */
export const withExpired = (freshness: Freshness, { keptFrom, expired }: RowsKept): Freshness =>
  expired === 'none'
    ? freshness
    : {
        ...freshness,
        complete: false,
        incompleteBecause: [
          ...freshness.incompleteBecause,
          {
            cause: 'rows_expired',
            partition: null,
            offsets: null,
            message: `rows of logins are kept from ${keptFrom?.toISOString() ?? 'no day'} on (LOGIN_RETENTION_DAYS); earlier ones are counted and not listed`,
          },
        ],
      }
