import { dirname, join } from 'node:path'
import { databaseRoles, type SigningRole } from '../db/roles/roles.ts'

/**
 * The URL of a database, or several separated by commas, as one of its roles. The stack's Postgres asks for no password; where it
 * asks for a certificate, that of a role lies beside the one of the URL and is named after the role (encryption.ts).
 */
export const asRole = (urls: string, role: SigningRole): string =>
  urls
    .split(',')
    .map((url) => (url === '' ? '' : asUser(new URL(url), databaseRoles[role])))
    .join(',')

function asUser(url: URL, user: string): string {
  url.username = user
  for (const [parameter, ending] of Object.entries({ sslcert: 'crt', sslkey: 'key' })) {
    const file = url.searchParams.get(parameter)
    if (file !== null) url.searchParams.set(parameter, join(dirname(file), `${user}.${ending}`))
  }
  return url.href
}

/**
 * The environment of a process, with which it signs in as the role of Postgres that is its own.
 * @param process `api`, `migrate`, or one that works as workers do
 */
export function signedIn(environment: Record<string, string>, process: string): Record<string, string> {
  const role = process === 'api' || process === 'migrate' ? process : 'ingest'
  const { DATABASE_URL = '', DATABASE_REPLICA_URLS = '' } = environment
  return {
    ...environment,
    DATABASE_URL: asRole(DATABASE_URL, role),
    DATABASE_REPLICA_URLS: asRole(DATABASE_REPLICA_URLS, role),
  }
}
