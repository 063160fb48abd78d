import type { LdapConfig } from '../../../config/ldap.ts'
import { type Directory, DirectoryAway, openDirectory } from './directory.ts'

/** Does work on the first server that answers, as the service account. */
export type WithDirectory = <T>(
  work: (directory: Directory, asAccount: () => Promise<void>) => Promise<T>,
) => Promise<T>

/**
 * The servers of a directory in turn, from the one that answered last. Work that a server leaves unfinished is begun anew
 * on the next.
 */
export function createServers({ servers, tls, account }: LdapConfig): WithDirectory {
  let first = 0
  const workOn = async <T>(
    server: LdapConfig['servers'][number],
    work: Parameters<WithDirectory>[0],
  ): Promise<T> => {
    const directory = await openDirectory(server, tls)
    const asAccount = async () => {
      const refusal = await directory.bind(account.dn, account.password.read())
      if (refusal !== null)
        throw new DirectoryAway(`refuses LDAP_BIND_DN with ${account.password.setting} (${refusal})`)
    }
    try {
      await asAccount()
      return (await work(directory, asAccount)) as T
    } finally {
      directory.close()
    }
  }
  return async <T>(work: Parameters<WithDirectory>[0]): Promise<T> => {
    const problems: string[] = []
    for (let turn = 0; turn < servers.length; turn++) {
      const place = (first + turn) % servers.length
      const server = servers[place]
      if (server === undefined) continue
      try {
        const result = await workOn<T>(server, work)
        first = place
        return result
      } catch (error) {
        if (!(error instanceof DirectoryAway)) throw error
        problems.push(`${server.host}:${server.port} ${error.message}`)
      }
    }
    throw new DirectoryAway(`no server of LDAP_URLS can be asked: ${problems.join('; ')}`)
  }
}
