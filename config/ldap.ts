import type { z } from 'zod'
import type { TlsClient } from '../tls/tls-client.ts'
import { type LdapServer, USER } from './ldap-settings.ts'
import { type Secret, secretOf } from './secret.ts'
import type { settings } from './settings.ts'

type Environment = z.infer<typeof settings>

/** How people are found and asked for their password in a directory. */
export type LdapConfig = {
  servers: LdapServer[]
  tls: TlsClient
  /** The service account, which finds people and groups. */
  account: { dn: string; password: Secret }
  /** Below `base`, by a filter with `{user}`; or by their DN, which a template with `{user}` gives. */
  people: { base: string; filter: string; dn: string | null }
  groupBase: string
}

/** Complete, because the environment was checked (config/ldap-contradictions.ts). Null: nobody signs in by LDAP. */
export function ldapOf(env: Environment): LdapConfig | null {
  const password = secretOf('LDAP_BIND_PASSWORD', env.LDAP_BIND_PASSWORD, env.LDAP_BIND_PASSWORD_FILE)
  const dn = env.LDAP_USER_DN ?? null
  const base = dn === null ? env.LDAP_USER_BASE : dn.slice(dn.indexOf(',') + 1).trim()
  if (env.LDAP_URLS.length === 0 || password === null || base === undefined) return null
  return {
    servers: env.LDAP_URLS,
    tls: {
      ca: env.LDAP_CA_FILE ?? null,
      cert: env.LDAP_CERT_FILE ?? null,
      key: env.LDAP_KEY_FILE ?? null,
      serverName: env.LDAP_SERVER_NAME ?? null,
      settings: {
        address: 'LDAP_URLS',
        ca: 'LDAP_CA_FILE',
        cert: 'LDAP_CERT_FILE',
        key: 'LDAP_KEY_FILE',
        otherName: 'set LDAP_SERVER_NAME',
        off: 'turn TLS on at the server: a directory is never asked in plaintext',
      },
    },
    account: { dn: env.LDAP_BIND_DN ?? '', password },
    people: { base, filter: env.LDAP_USER_FILTER ?? `(uid=${USER})`, dn },
    groupBase: env.LDAP_GROUP_BASE ?? base,
  }
}
