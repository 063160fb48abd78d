import { WANTED } from './direct-session.ts'

/** What to do about an error of a connection or of Postgres, by its code; of SQLSTATE, and of Node and postgres.js. */
const hintOfCode: Record<string, string> = {
  '28P01': 'correct the password in the URL, or the one on the server',
  '3D000': 'create it, or correct the database in the URL',
  '42704': 'remove from the URL what Postgres does not know',
  '42501': 'make the user of the URL the owner of the database, or grant it what is denied',
  '53300': 'raise max_connections of Postgres, or run fewer workers and APIs',
  ECONNREFUSED: 'start Postgres there, or correct host and port of the URL',
  ECONNRESET: 'correct host and port of the URL; with sslmode, Postgres there must have TLS switched on',
  ENOTFOUND: 'correct the host of the URL',
  EAI_AGAIN: 'correct the host of the URL, or mend the name service',
  CONNECT_TIMEOUT:
    'nothing there speaks as Postgres does: correct host and port of the URL, or open the way to it',
  ETIMEDOUT: 'correct host and port of the URL, or open the way to it',
  EHOSTUNREACH: 'correct the host of the URL, or open the way to it',
  ENETUNREACH: 'correct the host of the URL, or open the way to it',
  CONNECTION_CLOSED: 'if it goes on, Postgres is not what answers there: correct host and port of the URL',
}

/** Codes of 28000 are many; what the message says tells them apart. */
const hintOfMessage: [RegExp, string][] = [
  [/no encryption/, 'add ?sslmode=require to the URL, or allow it in pg_hba.conf'],
  [/no pg_hba.conf entry/, 'allow it in pg_hba.conf, or correct the URL'],
  [/role ".*" does not exist/, 'create it, or correct the user in the URL'],
  [/unsupported startup parameter/, `that is a pooler such as PgBouncer: ${WANTED}`],
]

/**
 * What to do about an error of Postgres, for people; null when its own words must do.
 * @param setting where the URL stands
 */
export function hintOf(error: unknown, setting = 'DATABASE_URL'): string | null {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  const hint = hintOfMessage.find(([pattern]) => pattern.test(message))?.[1] ?? hintOfCode[code]
  return hint?.replace('the URL', setting) ?? null
}

/** A wrong password, user or database, or a pooler: no outage, and someone has to mend it, here or on the server. */
export function isRefusal(error: unknown): boolean {
  const { code = '' } = error as { code?: string }
  return ['28P01', '28000', '3D000', '42704', '08P01'].includes(code)
}
