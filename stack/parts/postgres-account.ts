import { execFileSync } from 'node:child_process'

/** Turns a command into one that runs as the user who owns the database's files. */
export type RunAs = (command: string, args: string[]) => [command: string, args: string[]]

type Account = { uid: number; gid: number }

/**
 * The unprivileged user as which to run Postgres, which refuses to run as root. Null: this process does not
 * run as root.
 */
export function unprivilegedAccount(): Account | null {
  if (process.getuid?.() !== 0) return null
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/**
 * Returns how to run programs that need `paths`. A folder such as /root lets no other user in: for it the
 * unprivileged user gets the single capability to enter folders.
 * @throws when the unprivileged user can't reach a path even so; the message says what to do
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

/** The arguments of `setpriv` that switch from root to `account` and keep nothing but `capabilities`. */
export function setprivArguments({ uid, gid }: Account, capabilities: string[]): string[] {
  const user = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups']
  if (capabilities.length === 0) return user
  const kept = capabilities.map((name) => `+${name}`).join(',')
  return [
    ...user,
    ...[`--inh-caps=-all,${kept}`, `--ambient-caps=${kept}`, `--bounding-set=-all,${kept}`],
    // Postgres checks its own program with access(2), which otherwise ignores the capabilities of a user
    // other than root.
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
