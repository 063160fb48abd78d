/**
 * The schema of a database, and which code may use it. A schema has the number of its newest file in
 * db/migrations.
 */
export type DatabaseSchema = {
  schema: number
  /** The version of Rollcall that last migrated it. */
  version: string
  /** The oldest schema whose code may still write to the database. */
  oldestWriter: number
  /** The oldest schema whose code may still read from it. */
  oldestReader: number
}

/** The schema that this code was written for, and its version of Rollcall. */
export type CodeSchema = { schema: number; version: string }

/** What a process does with the database; a process that writes also reads. */
export type SchemaUse = 'write' | 'read'

/** The oldest schema that this version can migrate: Rollcall 0.2.0 and older had other tables. */
const OLDEST_SCHEMA = 100

/** Says why a database is too old to be migrated, and what to do. Null: it can be migrated. */
export function tooOld(schema: number, version: string | null): string | null {
  if (schema >= OLDEST_SCHEMA) return null
  const by = version === null ? '0.2.0 or older' : version
  return (
    `the database is of Rollcall ${by} (schema ${schema}), which cannot be migrated: give DATABASE_URL a new database (npm start: ` +
    'delete .rollcall/data); docs/operations.md, "From 0.2.0 or older", says how to count what Kafka still has'
  )
}

const roles = { write: 'workers', read: 'APIs' }

/**
 * Says why this code must not use a database, and what to do. Null: it may.
 * @param database null: the database has no schema yet
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
