import { WANTED } from './direct-session.ts'

/** What Rollcall knows of an error code, of SQLSTATE or of Node and postgres.js. */
type KnownCode = {
  /** What to do about it; left out where the message must tell. */
  hint?: string
  /** No outage: a wrong password, user or database, or a pooler. Someone has to mend it, here or on the server. */
  isRefusal?: true
}

const knownCodes: Record<string, KnownCode> = {
  '08P01': { isRefusal: true },
  '28000': { isRefusal: true },
  '28P01': { isRefusal: true, hint: 'correct the password in the URL, or the one on the server' },
  '3D000': { isRefusal: true, hint: 'create it, or correct the database in the URL' },
  '42704': { isRefusal: true, hint: 'remove from the URL what Postgres does not know' },
  '42501': { hint: 'make the user of the URL the owner of the database, or grant it what is denied' },
  '53300': { hint: 'raise max_connections of Postgres, or run fewer workers and APIs' },
  ECONNREFUSED: { hint: 'start Postgres there, or correct host and port of the URL' },
  ECONNRESET: {
    hint: 'correct host and port of the URL; with sslmode, Postgres there must have TLS switched on',
  },
  ENOTFOUND: { hint: 'correct the host of the URL' },
  EAI_AGAIN: { hint: 'correct the host of the URL, or mend the name service' },
  CONNECT_TIMEOUT: {
    hint: 'nothing there speaks as Postgres does: correct host and port of the URL, or open the way to it',
  },
  ETIMEDOUT: { hint: 'correct host and port of the URL, or open the way to it' },
  EHOSTUNREACH: { hint: 'correct the host of the URL, or open the way to it' },
  ENETUNREACH: { hint: 'correct the host of the URL, or open the way to it' },
  CONNECTION_CLOSED: {
    hint: 'if it goes on, Postgres is not what answers there: correct host and port of the URL',
  },
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
  const hint = hintOfMessage.find(([pattern]) => pattern.test(message))?.[1] ?? knownCodes[code]?.hint
  return hint?.replace('the URL', setting) ?? null
}

/** Whether someone has to mend it, here or on the server: no outage. */
export function isRefusal(error: unknown): boolean {
  const { code = '' } = error as { code?: string }
  return knownCodes[code]?.isRefusal === true
}
