import type { RowsKept } from '../../../db/read/rows/expired-logins.ts'

/** For the field of an answer from rows of logins that says how far back they go. */
export const rowsKeptFromField = <Parent>(rowsOf: (parent: Parent) => RowsKept) => ({
  type: 'DateTime' as const,
  nullable: true as const,
  description:
    'Start of the oldest day whose logins are kept as rows (LOGIN_RETENTION_DAYS); null: none are kept.',
  resolve: (parent: Parent) => rowsOf(parent).keptFrom,
})

/** For the field of an answer from rows of logins that says whether some are gone. */
export const isExpiredField = <Parent>(rowsOf: (parent: Parent) => RowsKept) => ({
  type: 'Boolean' as const,
  description:
    'Whether logins can be missing because they are older than rowsKeptFrom: there are some of that time (by days of UTC; of a ' +
    'user, device or address, since its first day), and their rows are gone. Counts still have them.',
  resolve: (parent: Parent) => rowsOf(parent).expired !== 'none',
})
