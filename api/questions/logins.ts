import { readRowsKept, type RowsKept } from '../../db/read/rows/expired-logins.ts'
import { keyOfLogin, type LoginRow, type LoginRowFilter, readLogins } from '../../db/read/rows/logins.ts'
import type { ApiContext } from '../context/context.ts'
import { RowsGoneError } from '../context/errors.ts'
import type { Freshness } from '../context/freshness.ts'
import { type Connection, type PageArgs, readConnection } from './connection.ts'

/** A page of logins, the range that was searched, and which rows of it are kept. */
export type LoginPage = Connection<LoginRow> & { event: LoginRowFilter['event']; rows: RowsKept }

/**
 * A page of the logins that are kept as rows.
 * @throws {RowsGoneError} if the range has logins, but none of their rows are kept
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
  return new RowsGoneError(
    `the logins asked for are counted, but their rows are gone: ${keptRows(keptFrom)} (LOGIN_RETENTION_DAYS). Ask for later logins, or for ` +
      'the events of their batches (lineage, Batch.events), which are read from Kafka as long as it has them',
    keptFrom,
  )
}

/** Says from when on rows of logins are kept; null: none are. */
export const keptRows = (keptFrom: Date | null): string =>
  keptFrom === null ? 'no rows are kept' : `rows are kept from ${keptFrom.toISOString()} on`

/** The freshness of an answer from rows, which lacks the logins whose rows are gone. */
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
            message: `${keptRows(keptFrom)} (LOGIN_RETENTION_DAYS); earlier logins are counted, but not listed`,
          },
        ],
      }
