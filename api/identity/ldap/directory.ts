import type { connect } from 'node:tls'
import { Client, type Entry, ResultCodeError, type SearchOptions } from 'ldapts'
import type { LdapConfig } from '../../../config/ldap.ts'
import { openSecureSocket } from './secure-socket.ts'

/** No operation takes as long unless the server hangs. */
const OPERATION_MS = 5_000

/** Result codes: https://datatracker.ietf.org/doc/html/rfc4511#appendix-A.1 */
const REFERRAL = 10
const NO_SUCH_OBJECT = 32
/**
 * With which a bind is refused for what its name, its password or its account is: constraint violation (too many attempts), no such
 * object, invalid DN, inappropriate authentication, invalid credentials, insufficient access, unwilling to perform (such as locked).
 */
const REFUSED = [19, NO_SUCH_OBJECT, 34, 48, 49, 50, 53]

/** A directory cannot be asked: it is away, or a setting is wrong, which the message then names. */
export class DirectoryAway extends Error {
  override name = 'DirectoryAway'
}

/** A connection to one server, which the server has proven to be. */
export type Directory = {
  /** Proves a name by its password. Null: it is proven; else what the server says, for the log. */
  bind: (dn: string, password: string) => Promise<string | null>
  /** The entries that are found; none where the base is not there. */
  search: (base: string, options: SearchOptions) => Promise<Entry[]>
  close: () => void
}

/** @throws {DirectoryAway} */
export async function openDirectory(
  server: LdapConfig['servers'][number],
  tls: LdapConfig['tls'],
): Promise<Directory> {
  const socket = await openSecureSocket(server, tls).catch((error: unknown) => {
    throw awayBecause(error)
  })
  let isTaken = false
  // ldapts connects again by itself where a connection is lost: nobody would have proven who they are there.
  const once = () => {
    if (isTaken) throw new Error('the connection was lost')
    isTaken = true
    return socket
  }
  const client = new Client({
    ...{ url: 'ldaps://secured.invalid', timeout: OPERATION_MS, strictDN: false },
    createSecureConnection: once as unknown as typeof connect,
  })
  return {
    async bind(dn, password) {
      try {
        await client.bind(dn, password)
        return null
      } catch (error) {
        if (error instanceof ResultCodeError && REFUSED.includes(error.code)) return error.message
        throw awayBecause(error)
      }
    },
    async search(base, options) {
      try {
        return (await client.search(base, { derefAliases: 'never', ...options })).searchEntries
      } catch (error) {
        if (error instanceof ResultCodeError && error.code === NO_SUCH_OBJECT) return []
        throw awayBecause(error)
      }
    },
    close: () => {
      socket.destroy()
    },
  }
}

function awayBecause(error: unknown): DirectoryAway {
  if (error instanceof DirectoryAway) return error
  const message =
    error instanceof ResultCodeError && error.code === REFERRAL
      ? 'refers to another server, which is not followed: correct LDAP_URLS, LDAP_USER_BASE or LDAP_GROUP_BASE'
      : error instanceof Error
        ? error.message
        : String(error)
  return new DirectoryAway(message, { cause: error })
}
