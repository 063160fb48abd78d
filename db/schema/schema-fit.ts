/** Which code fits the database, as its migrations left it. Schemas are numbered as the files of db/migrations are. */
export type DatabaseSchema = {
  schema: number
  /** The version of Rollcall that migrated it last. */
  version: string
  /** Code of older schemas must not write, or read, any more. */
  oldestWriter: number
  oldestReader: number
}

/** This code: the schema that it was written for. */
export type CodeSchema = { schema: number; version: string }

/** What a process does with the database; who writes reads, too. */
export type SchemaUse = 'write' | 'read'

const roles = { write: 'workers', read: 'APIs' }

/**
 * Why code must not use a database, and what to do about it; null when it may.
 * @param database null: it has no schema, or one from before schemas had numbers
 */
export function schemaRefusal(
  database: DatabaseSchema | null,
  code: CodeSchema,
  use: SchemaUse,
): string | null {
  const self = `this is ${code.schema} (Rollcall ${code.version})`
  if (database === null)
    return `the database has no schema, or one older than 20; ${self}: run npm run migrate`
  const has = `the database has schema ${database.schema} (Rollcall ${database.version})`
  if (code.schema > database.schema) return `${has}, ${self}: run npm run migrate`
  const oldest = use === 'write' ? database.oldestWriter : database.oldestReader
  if (code.schema >= oldest) return null
  return `${has}; ${roles[use]} of schema ${oldest} and newer may ${use} it, ${self}: start the newer version`
}
