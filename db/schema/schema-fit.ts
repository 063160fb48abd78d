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

/** The first schema that this version migrates: those before it were of Rollcall 0.2.0 and older, and had other tables. */
const OLDEST_SCHEMA = 100

/** Why a database of before cannot be migrated, and what to do; null: it can, or is empty. */
export function tooOld(schema: number, version: string | null): string | null {
  if (schema >= OLDEST_SCHEMA) return null
  const by = version === null ? '0.2.0 or older' : version
  return (
    `the database is of Rollcall ${by} (schema ${schema}), which cannot be migrated: give DATABASE_URL a new database (npm start: ` +
    'delete .rollcall/data); docs/operations.md, "From 0.2.0 or older", says how what Kafka still has is counted again'
  )
}

const roles = { write: 'workers', read: 'APIs' }

/**
 * Why code must not use a database, and what to do about it; null when it may.
 * @param database null: it has no schema
 */
export function schemaRefusal(
  database: DatabaseSchema | null,
  code: CodeSchema,
  use: SchemaUse,
): string | null {
  const self = `this is ${code.schema} (Rollcall ${code.version})`
  if (database === null) return `the database has no schema; ${self}: run npm run migrate`
  const old = tooOld(database.schema, database.version)
  if (old !== null) return old
  const has = `the database has schema ${database.schema} (Rollcall ${database.version})`
  if (code.schema > database.schema) return `${has}, ${self}: run npm run migrate`
  const oldest = use === 'write' ? database.oldestWriter : database.oldestReader
  if (code.schema >= oldest) return null
  return `${has}; ${roles[use]} of schema ${oldest} and newer may ${use} it, ${self}: start the newer version`
}
