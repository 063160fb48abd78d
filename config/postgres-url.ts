import { isIP } from 'node:net'
import { postgresParametersProblem } from './postgres-tls.ts'

/** What is wrong with a Postgres URL, in the words of what it must be; null: nothing. */
export function postgresUrlProblem(text: string): string | null {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) return FORM
  const url = new URL(text)
  if (url.hostname === '' || url.pathname.length < 2) return FORM
  // What follows the @ of a password that is not encoded would be taken for the host, or for the database.
  if (/@.*@|@.*#/.test(text.slice(text.indexOf('://'))) || url.pathname.includes('@')) return ENCODED
  if (![url.username, url.password, url.pathname].every(canDecode)) return ENCODED
  if (url.hostname.includes(',')) return 'must name one host: replicas go into DATABASE_REPLICA_URLS'
  if (url.port === '0') return 'must have a port from 1 to 65535'
  const address = url.searchParams.get('hostaddr')
  if (address !== null && isIP(address) === 0) return 'must have an IP address as hostaddr'
  return postgresParametersProblem(url.searchParams)
}

const FORM =
  'must be postgres://user:password@host:port/database, with @ : / ? # % of user and password percent-encoded'
const ENCODED = 'must have @ : / ? # % of user and password percent-encoded, such as %40 for @'

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/**
 * A Postgres URL that people may see: without password, wherever it stands, and without parameters, which may
 * hold secrets.
 */
export function withoutPassword(text: string): string {
  const url = new URL(text)
  return Object.assign(url, { password: '', search: '', hash: '' }).href
}
