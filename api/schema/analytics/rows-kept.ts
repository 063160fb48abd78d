import type { RowsKept } from '../../../db/read/rows/expired-logins.ts'

/** The field `rowsKeptFrom` of an answer from rows of logins. */
export const rowsKeptFromField = <Parent>(rowsOf: (parent: Parent) => RowsKept) => ({
  type: 'DateTime' as const,
  nullable: true as const,
  description:
    'Start of the oldest day whose attempts are kept as rows (LOGIN_RETENTION_DAYS); null: none are kept.',
  resolve: (parent: Parent) => rowsOf(parent).keptFrom,
})

/** The field `isExpired` of an answer from rows of logins. */
export const isExpiredField = <Parent>(rowsOf: (parent: Parent) => RowsKept) => ({
  type: 'Boolean' as const,
  description:
    'Whether attempts may be missing because their rows are gone: the range begins before rowsKeptFrom, and there ' +
    'were attempts at that time (by days of UTC; for a user, device or address, from its first day on). Counts ' +
    'still include them.',
  resolve: (parent: Parent) => rowsOf(parent).expired !== 'none',
})
