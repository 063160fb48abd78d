import { readFile } from 'node:fs/promises'
import { migrationFolder, schemaNumber } from './schema-version.ts'

/** A file of db/migrations. */
export type Migration = {
  name: string
  schema: number
  statements: string
  /** Whether code of an older schema may go on beside it, as it says itself: nothing has to stop for it. */
  fitsOlder: boolean
  /** Whether it is about the audit, and runs as its owner. */
  isOfAudit: boolean
  /**
   * The statement `create index concurrently` that it begins with, which runs outside of a transaction and before the others;
   * null: all of it is one transaction.
   */
  index: { name: string; statement: string } | null
}

export const readMigration = async (name: string): Promise<Migration> =>
  parseMigration(name, await readFile(new URL(name, migrationFolder), 'utf8'))

const FITS = /\bupdate schema_version set oldest_writer = (\d+), oldest_reader = \d+;/
/** What a migration of the audit has at the beginning of a line. */
const OF_AUDIT = /^-- As rollcall_owner\b/m
const INDEX = /^create (?:unique )?index concurrently (?<index>\w+) on [^;]+;$/m

/** @throws {Error} it has `create index concurrently` and is of the audit, or does not let older code go on */
export function parseMigration(name: string, text: string): Migration {
  const schema = schemaNumber(name)
  const fitsOlder = Number(FITS.exec(text)?.[1] ?? schema) < schema
  const isOfAudit = OF_AUDIT.test(text)
  const found = INDEX.exec(text)
  if (found === null) return { name, schema, statements: text, fitsOlder, isOfAudit, index: null }
  if (isOfAudit || !fitsOlder)
    throw new Error(
      `${name} builds an index concurrently: it says which older code fits, and is not of the audit`,
    )
  const index = { name: found.groups?.['index'] ?? '', statement: found[0] }
  return { name, schema, statements: text.replace(found[0], ''), fitsOlder, isOfAudit, index }
}

/** All of it for a transaction in which nobody else uses the table. */
export const withinTransaction = ({ index, statements }: Migration): string =>
  index === null ? statements : `${index.statement.replace(' concurrently ', ' ')}\n${statements}`
