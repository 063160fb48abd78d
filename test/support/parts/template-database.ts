import postgres from 'postgres'
import { bootstrapDatabase } from '../../../db/schema/bootstrap.ts'

const NAME = 'rollcall_template'

/**
 * Creates a database with the tables of this version, and their roles, on the server of `serverUrl`. Nobody may be connected to it while it is copied.
 * @returns its name
 */
export async function createTemplate(serverUrl: string): Promise<string> {
  const admin = postgres(serverUrl, { max: 1, onnotice: () => undefined })
  await admin.unsafe(`create database ${NAME}`)
  await admin.end()
  await bootstrapDatabase(Object.assign(new URL(serverUrl), { pathname: `/${NAME}` }).href)
  return NAME
}
