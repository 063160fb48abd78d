import type { LdapConfig } from '../../../config/ldap.ts'
import type { LdapServer } from '../../../config/ldap-settings.ts'
import { type Directory, DirectoryAway, openDirectory } from './directory.ts'
import { createServiceAccount } from './service-account.ts'

type Work<T> = (directory: Directory, asAccount: () => Promise<void>) => Promise<T>

export type Servers = {
  /** Does work on the first server that answers, as the service account. */
  onFirst: <T>(work: Work<T>) => Promise<T>
  /** Does work on every server, and tells what came of it, or why that one cannot be asked. */
  onEach: <T>(work: Work<T>) => Promise<({ result: T } | { problem: string })[]>
}

/**
 * The servers of a directory in turn, from the one that answered last. Work that a server leaves unfinished is begun anew
 * on the next.
 * @param clock milliseconds
 */
export function createServers({ servers, tls, account }: LdapConfig, clock: () => number): Servers {
  const known = servers.map((server) => ({ server, asAccount: createServiceAccount(account, clock) }))
  let first = 0
  const workOn = async <T>({ server, asAccount }: (typeof known)[number], work: Work<T>): Promise<T> => {
    const directory = await openDirectory(server, tls)
    try {
      await asAccount(directory)
      return await work(directory, () => asAccount(directory))
    } finally {
      directory.close()
    }
  }
  return {
    onFirst: async (work) => {
      const problems: string[] = []
      for (const turn of known.keys()) {
        const place = (first + turn) % known.length
        const one = known[place]
        if (one === undefined) continue
        try {
          const result = await workOn(one, work)
          first = place
          return result
        } catch (error) {
          problems.push(problemOf(one.server, error))
        }
      }
      throw allAway(problems)
    },
    onEach: <T>(work: Work<T>) =>
      Promise.all(
        known.map(async (one) => {
          try {
            return { result: await workOn(one, work) }
          } catch (error) {
            return { problem: problemOf(one.server, error) }
          }
        }),
      ),
  }
}

/** @throws the error, where it is of no single server */
function problemOf({ host, port }: LdapServer, error: unknown): string {
  if (!(error instanceof DirectoryAway)) throw error
  return `${host}:${port} ${error.message}`
}

export const allAway = (problems: readonly string[]): DirectoryAway =>
  new DirectoryAway(`no server of LDAP_URLS can be asked: ${problems.join('; ')}`)
