import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Leaf } from '../../../stack/parts/certificates.ts'
import { fetchDebian } from '../../../stack/parts/debian-packages.ts'
import { freePort, HOST, isFree } from '../../../stack/processes/ports.ts'
import { startProcess } from '../../../stack/processes/process.ts'
import { untilReady } from '../../../stack/processes/until-ready.ts'
import { partsFolder } from '../../../stack/stack.ts'
import { logsIn } from '../parts/own-folder.ts'
import { ROOT, SUFFIX } from './people.ts'

/** OpenLDAP's server, and the libraries that Debian's base system lacks. */
const PACKAGES = ['slapd', 'libltdl7', 'libwrap0', 'libodbc2']
const START_TIMEOUT_MS = 30_000

/** An overlay that gives people `memberOf`, with groups within groups. */
export const MEMBER_OF = `overlay dynlist
dynlist-attrset groupOfURLs memberURL member+memberOf@groupOfNames*`

export type Slapd = {
  /** `ldap:`, which StartTLS secures, and `ldaps:`. */
  ldap: string
  ldaps: string
  stop: () => Promise<void>
  /** After `stop`, with what was in it. */
  start: () => Promise<void>
}

type Options = {
  leaf: Leaf
  ca: string
  /** What is in the directory, as LDIF. */
  data: string
  /** More lines of its configuration, such as overlays. */
  overlays?: string
  /** Where it sends those who ask for what it does not have. */
  referral?: string
}

/**
 * A directory on loopback. It takes passwords over TLS only, and shows nothing to strangers; but it lets everybody bind who gives no password.
 * @param folder of one test, or of the tests of a file
 */
export async function startSlapd(
  folder: string,
  { leaf, ca, data, overlays = '', referral }: Options,
): Promise<Slapd> {
  const root = await fetchDebian(partsFolder, PACKAGES)
  const [plain, secure] = [await freePort(0), await freePort(0)]
  const own = join(folder, `slapd-${plain}`)
  mkdirSync(join(own, 'data'), { recursive: true })
  const write = (name: string, text: string) => {
    const file = join(own, name)
    writeFileSync(file, text)
    return file
  }
  const schemas = ['core', 'cosine', 'inetorgperson', 'dyngroup']
  const configuration = write(
    'slapd.conf',
    `${schemas.map((name) => `include ${join(root, 'etc/ldap/schema', name)}.schema`).join('\n')}
modulepath ${join(root, 'usr/lib/ldap')}
moduleload back_mdb
moduleload dynlist
moduleload ppolicy
TLSCACertificateFile ${ca}
TLSCertificateFile ${leaf.cert}
TLSCertificateKeyFile ${leaf.key}
TLSVerifyClient never
security simple_bind=128
allow bind_anon_dn
require authc
${referral === undefined ? '' : `referral ${referral}`}
database mdb
suffix ${SUFFIX}
rootdn ${ROOT.dn}
rootpw ${ROOT.password}
directory ${join(own, 'data')}
maxsize 10485760
overlay ppolicy
${overlays}
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
`,
  )
  const libraries = readdirSync(join(root, 'usr/lib')).map((name) => join(root, 'usr/lib', name))
  const env = { LD_LIBRARY_PATH: libraries.join(':') }
  const program = join(root, 'usr/sbin/slapd')
  const filled = ['-T', 'add', '-f', configuration, '-l', write('data.ldif', data)]
  await promisify(execFile)(program, filled, { env: { ...process.env, ...env } })
  const logFile = join(logsIn(folder), `slapd-${plain}.log`)
  const start = async () => {
    const process = startProcess({
      name: 'slapd',
      command: program,
      // -d keeps it in the foreground.
      args: ['-d', '0', '-f', configuration, '-h', `ldap://${HOST}:${plain}/ ldaps://${HOST}:${secure}/`],
      env,
      logFile,
      bookFolder: folder,
    })
    await untilReady(process, logFile, START_TIMEOUT_MS, async () => {
      await sleep(20)
      if ((await isFree(plain)) || (await isFree(secure))) throw new Error('it does not listen yet')
    })
    return process
  }
  let running = await start()
  return {
    start: async () => {
      running = await start()
    },
    ldap: `ldap://${HOST}:${plain}`,
    ldaps: `ldaps://${HOST}:${secure}`,
    stop: () => running.stop('SIGKILL', 0),
  }
}
