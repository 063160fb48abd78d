import type { Socket } from 'node:net'
import type { connect } from 'node:tls'
import { Client, type Entry, ResultCodeError, type SearchOptions } from 'ldapts'
import type { LdapConfig } from '../../../config/ldap.ts'
import { explainClosed, explainTls } from '../../../tls/explain-tls.ts'
import { refusalInWords } from './refusal-in-words.ts'
import { openSecureSocket } from './secure-socket.ts'

/** No operation takes as long unless the server hangs. */
const OPERATION_MS = 5_000
/** A look at settings gives up sooner. */
const LOOK_S = 1

/** Result codes: https://datatracker.ietf.org/doc/html/rfc4511#appendix-A.1 */
const REFERRAL = 10
const NO_SUCH_OBJECT = 32
/**
 * With which a bind is refused for what its name, its password or its account is: constraint violation (too many attempts), no such
 * object, invalid DN, inappropriate authentication, invalid credentials, insufficient access, unwilling to perform (such as locked).
 */
const REFUSED = [19, NO_SUCH_OBJECT, 34, 48, 49, 50, 53]

/**
 * With which a search ends that the server finds too much work: time limit, size limit, administrative limit. A filter that no
 * index helps is enough in a large directory.
 */
const TOO_MUCH = [3, 4, 11]

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
  /**
   * What a search would find, for a look at settings: one entry; none; null where the base is not there; 'unknown' where the server
   * does not look through so many.
   */
  look: (base: string, options: SearchOptions) => Promise<Entry[] | null | 'unknown'>
  close: () => void
}

/** @throws {DirectoryAway} */
export async function openDirectory(
  server: LdapConfig['servers'][number],
  tls: LdapConfig['tls'],
): Promise<Directory> {
  const socket = await openSecureSocket(server, tls).catch((error: unknown) => {
    throw new DirectoryAway(inWords(error), { cause: error })
  })
  const awayBecause = explaining(socket, tls)
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
  const search = async (base: string, options: SearchOptions) =>
    (await client.search(base, { derefAliases: 'never', ...options })).searchEntries
  return {
    async bind(dn, password) {
      try {
        await client.bind(dn, password)
        return null
      } catch (error) {
        if (error instanceof ResultCodeError && REFUSED.includes(error.code))
          return refusalInWords(error.message)
        throw awayBecause(error)
      }
    },
    async search(base, options) {
      return await search(base, options).catch((error: unknown) => {
        if (codeOf(error) === NO_SUCH_OBJECT) return []
        throw awayBecause(error)
      })
    },
    async look(base, options) {
      return await search(base, { ...options, sizeLimit: 1, timeLimit: LOOK_S }).catch((error: unknown) => {
        const code = codeOf(error)
        if (code === NO_SUCH_OBJECT) return null
        if (code !== null && TOO_MUCH.includes(code)) return 'unknown'
        throw awayBecause(error)
      })
    },
    close: () => {
      socket.destroy()
    },
  }
}

const codeOf = (error: unknown): number | null => (error instanceof ResultCodeError ? error.code : null)

/**
 * Makes an error of a connection say which setting is wrong, if one is. ldapts tells of a connection that ends no more than that; and a server
 * of TLS 1.3 looks at the client's certificate after the handshake, as the first question waits for its answer.
 */
function explaining(socket: Socket, tls: LdapConfig['tls']): (error: unknown) => DirectoryAway {
  let isAnswered = false
  let failure: unknown = null
  socket
    .once('data', () => (isAnswered = true))
    .on('error', (error) => (failure ??= error))
    .once('close', () => (failure ??= isAnswered ? null : explainClosed(tls)))
  return (error) => {
    if (error instanceof DirectoryAway) return error
    const problem = failure === null || error instanceof ResultCodeError ? null : explainTls(failure, tls)
    return new DirectoryAway(problem?.message ?? inWords(error), { cause: error })
  }
}

function inWords(error: unknown): string {
  const code = codeOf(error)
  if (code === REFERRAL)
    return 'refers to another server, which is not followed: correct LDAP_URLS, LDAP_USER_BASE or LDAP_GROUP_BASE'
  const said = (error instanceof Error ? error.message : String(error)).trim()
  return code !== null && TOO_MUCH.includes(code)
    ? `ends a search for its limits: raise those of LDAP_BIND_DN there, or give it an index of what is searched for (${said})`
    : said
}
