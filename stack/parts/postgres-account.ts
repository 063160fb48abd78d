import { execFileSync } from 'node:child_process'

/** Turns a command into one that runs as the user that owns the database's files. */
export type RunAs = (command: string, args: string[]) => [command: string, args: string[]]

type Account = { uid: number; gid: number }

/**
 * Postgres refuses to run as root; as root, it runs as the machine's unprivileged user. Null otherwise.
 */
export function unprivilegedAccount(): Account | null {
  if (process.getuid?.() !== 0) return null
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/**
 * How to run programs that need `paths`. A folder such as /root lets nobody else in: there the unprivileged user gets
 * the one capability to enter it.
 * @throws when the unprivileged user can't reach a path either way, with the ways out
 */
export function runAsFor(account: Account | null, paths: string[]): RunAs {
  if (account === null) return (command, args) => [command, args]
  const ways = [[], ['dac_read_search'], ['dac_override']].map((capabilities) =>
    asUser(account, capabilities),
  )
  const way = ways.find((runAs) => paths.every((path) => canReach(runAs, path)))
  if (way !== undefined) return way
  throw new Error(
    `Postgres does not run as root, and the user "nobody" cannot reach ${paths.join(' and ')}. ` +
      'Run this as an ordinary user, clone into a folder that others may enter, or set DATABASE_URL.',
  )
}

/** The arguments of `setpriv` that leave root for `account` with nothing but `capabilities`. */
export function setprivArguments({ uid, gid }: Account, capabilities: string[]): string[] {
  const user = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups']
  if (capabilities.length === 0) return user
  const kept = capabilities.map((name) => `+${name}`).join(',')
  return [
    ...user,
    ...[`--inh-caps=-all,${kept}`, `--ambient-caps=${kept}`, `--bounding-set=-all,${kept}`],
    // Postgres asks access(2) about its own program, which else forgets the capabilities of whoever is not root.
    '--securebits=+no_setuid_fixup',
  ]
}

const asUser =
  (account: Account, capabilities: string[]): RunAs =>
  (command, args) => ['setpriv', [...setprivArguments(account, capabilities), command, ...args]]

function canReach(runAs: RunAs, path: string): boolean {
  try {
    const [command, args] = runAs('test', ['-x', path])
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
