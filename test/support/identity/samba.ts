import { execFile } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import type { Leaf } from '../../../stack/parts/certificates.ts'
import { fetchDebian } from '../../../stack/parts/debian-packages.ts'
import { HOST } from '../../../stack/processes/ports.ts'
import { startProcess } from '../../../stack/processes/process.ts'
import { untilReady } from '../../../stack/processes/until-ready.ts'
import { partsFolder } from '../../../stack/stack.ts'
import { logsIn } from '../parts/own-folder.ts'
import { listen } from '../tls/listening.ts'
import { pipeBoth } from './pipe-both.ts'
import { inOwnNetwork } from './own-network.ts'

/** Samba as a domain controller, and what it needs beyond Debian's base system. */
const PACKAGES = [
  ...['samba', 'samba-ad-dc', 'samba-ad-provision', 'samba-common', 'samba-common-bin'],
  ...['samba-dsdb-modules', 'samba-libs', 'samba-vfs-modules', 'winbind', 'python3-samba', 'python3-ldb'],
  ...['python3-tdb', 'python3-talloc', 'python3-dnspython', 'libldb2', 'liblmdb0', 'libtalloc2', 'libtdb1'],
  ...['libtevent0', 'libwbclient0', 'libpopt0', 'libgpgme11', 'liburing2', 'tdb-tools'],
]
const START_TIMEOUT_MS = 120_000
const HOST_NAME = 'dc1'
const BRIDGE = fileURLToPath(new URL('./samba-bridge.ts', import.meta.url))
const ports = { ldap: 389, ldaps: 636, globalCatalogue: 3269 } as const

/** Its domain, and its only domain controller. */
const DOMAIN = 'corp.example'
export const CONTROLLER = `${HOST_NAME}.${DOMAIN}`
export const SUFFIX = 'DC=corp,DC=example'
export const ADMINISTRATOR = {
  dn: `CN=Administrator,CN=Users,${SUFFIX}`,
  password: 'The-password-0f-the-administrator',
}

/** URLs, reached over loopback: `ldap:` is secured by StartTLS, the global catalogue by TLS. */
export type Samba = Record<keyof typeof ports, string> & { stop: () => Promise<void> }

/**
 * A domain controller of Active Directory, as Samba is one. Its ports are fixed, so it runs in a network of its own.
 * @param folder of one test, or of the tests of a file
 */
export async function startSamba(folder: string, { leaf, ca }: { leaf: Leaf; ca: string }): Promise<Samba> {
  const usr = join(await fetchDebian(partsFolder, PACKAGES), 'usr')
  const own = join(folder, 'samba')
  const [program, provision] = inOwnNetwork(usr, HOST_NAME, 'samba-tool', [
    ...['domain', 'provision', `--realm=${DOMAIN.toUpperCase()}`, '--domain=CORP', '--server-role=dc'],
    ...['--dns-backend=NONE', `--adminpass=${ADMINISTRATOR.password}`, `--targetdir=${own}`],
    ...[`--host-name=${HOST_NAME}`, `--host-ip=${HOST}`],
  ])
  await promisify(execFile)(program, provision)
  const configuration = join(own, 'etc', 'smb.conf')
  appendFileSync(
    configuration,
    `[global]
interfaces = lo
bind interfaces only = yes
server services = ldap
tls certfile = ${leaf.cert}
tls keyfile = ${leaf.key}
tls cafile = ${ca}
`,
  )
  const logFile = join(logsIn(folder), 'samba.log')
  const socketOf = (port: number) => join(own, `${port}.socket`)
  const bridge = Object.values(ports).flatMap((port) => [socketOf(port), String(port)])
  const [command, args] = inOwnNetwork(usr, HOST_NAME, 'sh', [
    ...['-c', '"$0" "$@" & exec samba -i -M single -s "$CONFIGURATION"'],
    ...[process.execPath, BRIDGE, ...bridge],
  ])
  const running = startProcess({
    ...{ name: 'Samba', command, args, env: { CONFIGURATION: configuration } },
    ...{ logFile, bookFolder: folder },
  })
  await untilReady(running, logFile, START_TIMEOUT_MS, async () => {
    for (const port of Object.values(ports)) await answers(socketOf(port))
  })
  const outside = await Promise.all(
    Object.entries(ports).map(async ([name, port]) => {
      const server = createServer((client) => {
        pipeBoth(client, connect(socketOf(port)))
      })
      const scheme = name === 'ldap' ? 'ldap' : 'ldaps'
      return { name, server, url: `${scheme}://${HOST}:${await listen(server)}` }
    }),
  )
  const urls = Object.fromEntries(outside.map(({ name, url }) => [name, url]))
  return {
    ...(urls as Record<keyof typeof ports, string>),
    stop: async () => {
      await running.stop('SIGKILL', 0)
      for (const { server } of outside) server.close()
    },
  }
}

/** The bridge ends a connection at once where nobody listens behind it. */
async function answers(socket: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  const client = connect(socket)
    .once('error', reject)
    .once('close', () => {
      reject(new Error('nobody listens'))
    })
  void sleep(200).then(() => {
    resolve(undefined)
  })
  await promise.finally(() => client.destroy())
}
