import { readdir } from 'node:fs/promises'
import { productVersion } from '../../config/product-version.ts'
import { type CodeSchema, type DatabaseSchema, type SchemaUse, schemaRefusal } from './schema-fit.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import { UNDEFINED_TABLE } from '../connection/failure.ts'

export const migrationFolder = new URL('../migrations/', import.meta.url)

/** This code must not use the database. The message says which versions may, and what to do. */
export class SchemaRefusal extends Error {
  override name = 'SchemaRefusal'
}

/** Returns the names of the files of db/migrations in the order in which they are applied. */
export async function migrationFiles(): Promise<string[]> {
  return (await readdir(migrationFolder)).filter((name) => name.endsWith('.sql')).sort()
}

/** The number at the beginning of a migration's name. */
export function schemaNumber(migrationFile: string): number {
  return Number.parseInt(migrationFile, 10)
}

/**
 * The schema that this code was written for: that of its newest migration. Read when the process starts,
 * because an upgrade may replace the files while it runs.
 */
const code: CodeSchema = {
  schema: schemaNumber((await migrationFiles()).at(-1) ?? ''),
  version: productVersion(),
}

/** @throws {SchemaRefusal} when this code must not use the database in this way */
export async function checkSchema(sql: Sql | Transaction, use: SchemaUse): Promise<void> {
  const refusal = schemaRefusal(await readSchema(sql), code, use)
  if (refusal !== null) throw new SchemaRefusal(refusal)
}

async function readSchema(sql: Sql | Transaction): Promise<DatabaseSchema | null> {
  try {
    const [row] = await sql<DatabaseSchema[]>`/* readSchema */
      select schema, version, oldest_writer as "oldestWriter", oldest_reader as "oldestReader" from schema_version`
    return row ?? null
  } catch (error) {
    if ((error as { code?: string }).code === UNDEFINED_TABLE) return null
    throw error
  }
}
