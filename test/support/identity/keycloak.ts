import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CertificateAuthority } from '../../../stack/parts/certificates.ts'
import { freePort, HOST } from '../../../stack/processes/ports.ts'
import { startProcess } from '../../../stack/processes/process.ts'
import { untilReady } from '../../../stack/processes/until-ready.ts'
import { logsIn } from '../parts/own-folder.ts'
import { fetchTrusting } from '../tls/trusting-fetch.ts'
import { downloadKeycloak, JAVA_OPTS } from './keycloak-download.ts'
import { CLIENTS, REALM, realmOf, SECRET } from './keycloak-realm.ts'

/** On a busy machine a first start takes a minute and a half. */
const START_TIMEOUT_MS = 180_000
const ADMIN = { username: 'admin', password: 'the-password-of-an-admin-in-a-test' }

export type Keycloak = {
  issuer: string
  /** An access token of the program. */
  token: () => Promise<string>
  /** Asks its Admin REST API about the realm, such as `/users`. */
  admin: (method: string, path: string, body?: unknown) => Promise<unknown>
  stop: () => Promise<void>
}

type Options = { folder: string; ca: CertificateAuthority; apiUrl: string; people: Record<string, string[]> }

/** Keycloak over TLS, with a realm whose people sign in at the API. It trusts what the CA issued. */
export async function startKeycloak({ folder, ca, apiUrl, people }: Options): Promise<Keycloak> {
  const program = await downloadKeycloak()
  const home = join(folder, 'keycloak')
  const url = `https://localhost:${await freePort(0)}`
  const issuer = `${url}/realms/${REALM}`
  mkdirSync(join(home, 'data', 'import'), { recursive: true })
  for (const name of ['lib', 'conf', 'providers', 'themes'])
    symlinkSync(join(program, name), join(home, name))
  // Where this lies, it looks for its data.
  cpSync(join(program, 'bin', 'kc.sh'), join(home, 'bin', 'kc.sh'))
  writeFileSync(
    join(home, 'data', 'import', `${REALM}.json`),
    JSON.stringify(realmOf(issuer, apiUrl, people)),
  )
  const leaf = await ca.issue('keycloak', { name: 'keycloak', dns: ['localhost'], ips: [HOST] })
  const logFile = join(logsIn(folder), 'keycloak.log')
  const running = startProcess({
    name: 'Keycloak',
    command: 'sh',
    args: [
      ...[join(home, 'bin', 'kc.sh'), 'start', '--optimized', '--import-realm', '--cache=local'],
      ...[`--hostname=${url}`, `--http-host=${HOST}`, `--https-port=${new URL(url).port}`],
      ...[`--https-certificate-file=${leaf.cert}`, `--https-certificate-key-file=${leaf.key}`],
    ],
    env: {
      JAVA_OPTS,
      KC_TRUSTSTORE_PATHS: ca.file,
      KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
    },
    logFile,
    bookFolder: folder,
  })
  const fetch = fetchTrusting(ca.file)
  const tokenOf = async (realm: string, fields: Record<string, string>): Promise<string> => {
    const place = `${url}/realms/${realm}/protocol/openid-connect/token`
    const response = await fetch(place, { method: 'POST', body: new URLSearchParams(fields) })
    const { access_token: token } = (await response.json()) as { access_token?: string }
    if (token === undefined) throw new Error(`Keycloak gives no token: ${response.status}`)
    return token
  }
  await untilReady(running, logFile, START_TIMEOUT_MS, async () => {
    const { status } = await fetch(`${issuer}/.well-known/openid-configuration`)
    if (status !== 200) throw new Error(`the realm answers ${status}`)
  })
  return {
    issuer,
    token: () =>
      tokenOf(REALM, {
        ...{ grant_type: 'client_credentials', client_id: CLIENTS.program, client_secret: SECRET },
      }),
    admin: async (method, path, body) => {
      const token = await tokenOf('master', { grant_type: 'password', client_id: 'admin-cli', ...ADMIN })
      const response = await fetch(`${url}/admin/realms/${REALM}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path} answers ${response.status}: ${text}`)
      return text === '' ? null : (JSON.parse(text) as unknown)
    },
    stop: () => running.stop('SIGKILL', 0),
  }
}
