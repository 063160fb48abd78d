import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { fetchDebian } from '../../../stack/parts/debian-packages.ts'
import { freePort, HOST, isFree } from '../../../stack/processes/ports.ts'
import { runAsFor, unprivilegedAccount } from '../../../stack/parts/postgres-account.ts'
import { startProcess } from '../../../stack/processes/process.ts'
import { partsFolder } from '../../../stack/stack.ts'
import { untilReady } from '../../../stack/processes/until-ready.ts'
import { logsIn, ownFolder } from './own-folder.ts'

/** The program, and the libraries that Debian's base system lacks. */
const PACKAGES = ['pgbouncer', 'libevent-2.1-7', 'libc-ares2']
const START_TIMEOUT_MS = 30_000

/**
 * A PgBouncer before the Postgres of `url`, for the time of the test.
 * @param settings of its section `pgbouncer`
 * @returns the URL of the same database through it
 */
export async function startPgBouncer(url: string, settings: Record<string, string>): Promise<string> {
  const root = await fetchDebian(partsFolder, PACKAGES)
  const folder = ownFolder()
  const { hostname, port, username, pathname } = new URL(url)
  const ownPort = await freePort(0)
  const given = {
    listen_addr: HOST,
    listen_port: String(ownPort),
    unix_socket_dir: '',
    auth_type: 'any',
    ...settings,
  }
  const lines = [
    '[databases]',
    `${pathname.slice(1)} = host=${hostname} port=${port} user=${username}`,
    '[pgbouncer]',
    ...Object.entries(given).map(([name, value]) => `${name} = ${value}`),
  ]
  const file = join(folder, 'pgbouncer.ini')
  writeFileSync(file, `${lines.join('\n')}\n`)
  const program = join(root, 'usr', 'sbin', 'pgbouncer')
  // It refuses to run as root.
  const [command, args] = runAsFor(unprivilegedAccount(), [program])(program, [file])
  const logFile = join(logsIn(folder), 'pgbouncer.log')
  const libraries = join(root, 'usr', 'lib')
  const running = startProcess({
    name: 'PgBouncer',
    command,
    args,
    env: {
      LD_LIBRARY_PATH: readdirSync(libraries)
        .map((name) => join(libraries, name))
        .join(':'),
    },
    logFile,
    bookFolder: folder,
  })
  onTestFinished(() => running.stop('SIGKILL', 0))
  await untilReady(running, logFile, START_TIMEOUT_MS, async () => {
    await sleep(100)
    if (await isFree(ownPort)) throw new Error('it does not listen yet')
  })
  return Object.assign(new URL(url), { port: String(ownPort) }).href
}
