import { WANTED } from './direct-session.ts'

/** What Rollcall knows about an error code of Postgres (SQLSTATE), of Node or of postgres.js. */
type KnownCode = {
  /** What to do about it. Left out where the message has to be looked at. */
  hint?: string
  /** No outage: the password, user or database is wrong, or a pooler answers. Somebody has to correct it. */
  isRefusal?: true
}

const knownCodes: Record<string, KnownCode> = {
  '08P01': { isRefusal: true },
  '28000': { isRefusal: true },
  '28P01': { isRefusal: true, hint: 'correct the password in the URL or its file, or the one on the server' },
  '3D000': { isRefusal: true, hint: 'create it, or correct the database in the URL' },
  '42501': {
    hint:
      'give this process the role that is its own in the URL, or let an administrator run npm run migrate -- --bootstrap ' +
      '(docs/operations.md, "Roles of Postgres")',
  },
  '53300': { hint: 'raise max_connections of Postgres, or run fewer workers and APIs' },
  ECONNREFUSED: { hint: 'start Postgres there, or correct host and port of the URL' },
  ECONNRESET: {
    hint: 'correct host and port of the URL',
  },
  ENOTFOUND: { hint: 'correct the host of the URL' },
  EAI_AGAIN: { hint: 'correct the host of the URL, or mend the name service' },
  CONNECT_TIMEOUT: {
    hint: 'nothing there speaks as Postgres does: correct host and port of the URL, or open the way to it',
  },
  ETIMEDOUT: { hint: 'correct host and port of the URL, or open the way to it' },
  EHOSTUNREACH: { hint: 'correct the host of the URL, or open the way to it' },
  ENETUNREACH: { hint: 'correct the host of the URL, or open the way to it' },
  // These say themselves what to correct.
  TLS_PROBLEM: { isRefusal: true },
  SECRET_PROBLEM: { isRefusal: true },
  CONNECTION_CLOSED: {
    hint: 'if it goes on, Postgres is not what answers there: correct host and port of the URL',
  },
}

const INSUFFICIENT_PRIVILEGE = '42501'
const ADMIN_URL = 'DATABASE_ADMIN_URL'
/** Roles are of a whole server: those that another administrator made are not this one's to give. */
const administratorHint =
  'sign in as a superuser, or as the administrator who made the roles of Rollcall on this server, or have that one grant them ' +
  'with admin option (docs/operations.md, "Roles of Postgres")'

/** Postgres uses codes such as 28000 for several causes, which only the message tells apart. */
const hintOfMessage: [RegExp, string][] = [
  [/no encryption/, 'add sslmode=verify-full and sslrootcert to the URL, or allow plaintext in pg_hba.conf'],
  [/requires a valid client certificate/, 'add sslcert and sslkey to the URL'],
  [
    /certificate authentication failed/,
    'the certificate of sslcert in the URL is for another user: correct one of the two',
  ],
  [/no pg_hba.conf entry/, 'allow it in pg_hba.conf, or correct the URL'],
  [/role ".*" does not exist/, 'create it, or correct the user in the URL'],
  [/unsupported startup parameter/, `a pooler such as PgBouncer answered: ${WANTED}`],
]

/**
 * Tells people what to do about an error of Postgres. Null: Rollcall knows nothing to add to its message.
 * @param setting the name of the setting that holds the URL
 */
export function hintOf(error: unknown, setting = 'DATABASE_URL'): string | null {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  const hint = hintOfMessage.find(([pattern]) => pattern.test(message))?.[1] ?? knownCodes[code]?.hint
  if (code === INSUFFICIENT_PRIVILEGE && setting === ADMIN_URL) return administratorHint
  return hint?.replace('the URL', setting).replace('its file', passwordFile(setting)) ?? null
}

/** The setting with the file of the password that a URL does not have. */
const passwordFile = (setting: string): string =>
  setting === ADMIN_URL ? 'DATABASE_ADMIN_PASSWORD_FILE' : 'DATABASE_PASSWORD_FILE'

/** Whether somebody has to correct a setting or the server, so that it is no outage. */
export function isRefusal(error: unknown): boolean {
  const { code = '' } = error as { code?: string }
  return knownCodes[code]?.isRefusal === true
}
