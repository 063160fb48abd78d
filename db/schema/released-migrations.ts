import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { migrationFiles, migrationFolder } from './schema-version.ts'

/** The migrations of the release before, whose code may run beside those of the next one. */
export type ReleasedMigrations = {
  version: string
  /** The number of the newest of them. */
  schema: number
  /** SHA-256 of each file: a database that has applied one gets no other. */
  files: Record<string, string>
}

export const releasedFile = new URL('../../docs/schema/released-migrations.json', import.meta.url)

export const readReleased = async (): Promise<ReleasedMigrations> =>
  JSON.parse(await readFile(releasedFile, 'utf8')) as ReleasedMigrations

/** SHA-256 of each file of db/migrations. */
export async function hashMigrations(): Promise<Record<string, string>> {
  const hashed = (await migrationFiles()).map(async (name) => {
    const text = await readFile(new URL(name, migrationFolder))
    return [name, createHash('sha256').update(text).digest('hex')] as const
  })
  return Object.fromEntries(await Promise.all(hashed))
}
