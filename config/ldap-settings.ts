import { z } from 'zod'
import { list } from './setting-kinds.ts'

// Settings of people who sign in by a directory (LDAP, Active Directory).

/** A server: its host, its port, and whether the connection begins in plaintext and is secured by StartTLS. */
export type LdapServer = { host: string; port: number; startTls: boolean }

/** Null: it is no URL of a server. RFC 4516 has more in its URLs, which is not taken. */
export function ldapServer(text: string): LdapServer | null {
  const [, scheme, host, , port] =
    /^(ldaps?):\/\/(\[[0-9a-f:]+\]|[a-z0-9._-]+)(:(\d{1,5}))?\/?$/i.exec(text) ?? []
  if (scheme === undefined || host === undefined) return null
  const startTls = scheme.toLowerCase() === 'ldap'
  const number = Number(port ?? (startTls ? 389 : 636))
  if (number < 1 || number > 65_535) return null
  return { host: host.replace(/^\[|\]$/g, ''), port: number, startTls }
}

const servers = () =>
  list('')
    .transform((texts, context) => {
      const parsed = texts.map(ldapServer)
      const good = parsed.filter((server) => server !== null)
      if (good.length === parsed.length) return good
      context.addIssue({
        code: 'custom',
        message:
          'must be such as ldaps://dc1.corp.example or ldap://dc1.corp.example (with StartTLS), without a path; several separated by commas',
      })
      return z.NEVER
    })
    .meta({ accepts: 'ldaps or ldap URLs, separated by commas' })

const optional = (description: string) =>
  z.string().min(1).optional().meta({ accepts: 'any text', description })
const file = (description: string) => z.string().min(1).optional().meta({ accepts: 'a path', description })
const dn = (description: string) =>
  z
    .string()
    .refine((text) => /^[a-z][a-z0-9.-]*\s*=/i.test(text), {
      error: 'must be a DN such as ou=people,dc=corp,dc=example',
    })
    .optional()
    .meta({ accepts: 'a DN', description })

/** Where the name that somebody types goes. */
export const USER = '{user}'

/** Escaped parentheses are written as hex. */
function isFilter(text: string): boolean {
  let depth = 0
  const depths = Array.from(
    text,
    (character) => (depth += character === '(' ? 1 : character === ')' ? -1 : 0),
  )
  const isOne = depths.slice(0, -1).every((reached) => reached > 0) && depth === 0
  return isOne && text.startsWith('(') && text.includes(USER)
}

export const ldap = {
  LDAP_URLS: servers().describe(
    'Servers of a directory whose people may sign in; the first that answers is asked. `ldap:` is secured by StartTLS. Unset, nobody signs in by LDAP.',
  ),
  LDAP_CA_FILE: file('PEM file of the CAs that issue their certificates; unset, those that Node.js trusts.'),
  LDAP_CERT_FILE: file(
    'PEM file of the client certificate, with `LDAP_KEY_FILE`, where the servers want one.',
  ),
  LDAP_KEY_FILE: file('PEM file of its key, not encrypted.'),
  LDAP_SERVER_NAME: optional(
    'Name that the certificate of every server must have; unset, the host in its URL.',
  ),
  LDAP_BIND_DN: optional(
    'Service account that finds people and groups: its DN, or in Active Directory also its name such as `rollcall@corp.example`.',
  ),
  LDAP_BIND_PASSWORD: optional('Its password.'),
  LDAP_BIND_PASSWORD_FILE: file('File with the password instead.'),
  LDAP_USER_BASE: dn('Entry below which people are found.'),
  LDAP_USER_FILTER: z
    .string()
    .refine(isFilter, { error: `must be a filter with ${USER}, such as (uid=${USER})` })
    .optional()
    .meta({
      accepts: `a filter with \`${USER}\``,
      description: `Finds somebody by the name that they type; unset, \`(uid=${USER})\`. Active Directory: \`(sAMAccountName=${USER})\` or \`(userPrincipalName=${USER})\`.`,
    }),
  LDAP_USER_DN: dn(
    `DN of somebody by the name that they type, such as \`uid=${USER},ou=people,dc=corp,dc=example\`, instead of base and filter.`,
  ).refine((text) => text === undefined || new RegExp(`^[^,]*=${USER}\\s*,[^{}]+$`).test(text), {
    error: `must begin with one attribute that is ${USER}, such as uid=${USER},ou=people,dc=corp,dc=example`,
  }),
  LDAP_GROUP_BASE: dn(
    'Entry below which groups, and groups that they are in, are found; unset, that of people. Not used with Active Directory, which is asked itself.',
  ),
}
