import { readFileSync } from 'node:fs'
import { Client } from 'ldapts'

export const SUFFIX = 'dc=corp,dc=example'
export const ROOT = { dn: `cn=root,${SUFFIX}`, password: 'the-password-of-root' }
export const ACCOUNT = { dn: `cn=rollcall,ou=services,${SUFFIX}`, password: 'the-password-of-rollcall' }
export const PEOPLE = `ou=people,${SUFFIX}`
export const GROUPS = `ou=groups,${SUFFIX}`

/** Somebody's password. */
export const passwordOf = (uid: string) => `the-password-of-${uid}`

/** The LDIF of somebody. */
export const person = (uid: string, more: string[] = [], name = uid) =>
  `
dn: cn=${name.replaceAll(/[\\,+"]/g, (special) => `\\${special}`)},${PEOPLE}
objectClass: inetOrgPerson
cn: ${name}
sn: ${name}
givenName: ${name}
uid: ${uid}
mail: ${uid.replaceAll(/[^a-z]/g, 'x')}@corp.example
userPassword: ${passwordOf(uid)}
${more.join('\n')}`.trimEnd()

/** The LDIF of a group. */
export const group = (name: string, ...members: string[]) => `
dn: cn=${name},${GROUPS}
objectClass: groupOfNames
cn: ${name}
${members.map((member) => `member: ${member}`).join('\n')}`

const dn = (name: string) => `cn=${name},${PEOPLE}`

/** The LDIF of a directory with a service account, and with these people and groups. */
export const directoryOf = (entries: string[]) =>
  `
dn: ${SUFFIX}
objectClass: dcObject
objectClass: organization
o: corp
dc: corp

dn: ${PEOPLE}
objectClass: organizationalUnit
ou: people

dn: ${GROUPS}
objectClass: organizationalUnit
ou: groups

dn: ou=services,${SUFFIX}
objectClass: organizationalUnit
ou: services

dn: ${ACCOUNT.dn}
objectClass: person
cn: rollcall
sn: rollcall
userPassword: ${ACCOUNT.password}
${entries.join('\n')}
`.trimStart()

/**
 * ann is on call, which is in staff, which is in everybody; bob is in staff; eve is in no group; dis may not sign in any more, new not yet.
 * One more has a name of special characters.
 */
export const directoryData = directoryOf([
  ...['ann', 'bob', 'eve', 'müller'].map((uid) => person(uid)),
  person('dis', ['pwdAccountLockedTime: 000001010000Z']),
  person('new', ['pwdReset: TRUE']),
  person('o(b*r\\ien', [], 'O, Brien+("x")'),
  group('oncall', dn('ann')),
  group('staff', dn('bob'), `cn=oncall,${GROUPS}`),
  group('everybody', `cn=staff,${GROUPS}`, `cn=everybody,${GROUPS}`),
  group('unused', dn('nobody')),
  `
dn: ou=elsewhere,${PEOPLE}
objectClass: referral
objectClass: extensibleObject
ou: elsewhere
ref: ldap://127.0.0.1:9/ou=people,dc=elsewhere`,
])

/** Changes a directory as its administrator. */
export async function asRoot(
  url: string,
  ca: string,
  change: (client: Client) => Promise<unknown>,
): Promise<void> {
  const client = new Client({ url, tlsOptions: { ca: readFileSync(ca) } })
  try {
    await client.bind(ROOT.dn, ROOT.password)
    await change(client)
  } finally {
    await client.unbind()
  }
}
