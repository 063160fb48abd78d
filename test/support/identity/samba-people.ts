import { readFileSync } from 'node:fs'
import { Attribute, Change, Client } from 'ldapts'
import { ADMINISTRATOR, SUFFIX } from './samba.ts'

export const PEOPLE = `OU=People,${SUFFIX}`
export const GROUPS = `OU=Groups,${SUFFIX}`
/** Wrong passwords after which an account is locked. */
export const LOCKED_AFTER = 3
/** The service account, by the name that it signs in with. */
export const ACCOUNT = 'rollcall@corp.example'

export const passwordOf = (name: string) => `The-password-0f-${name}`
export const groupDn = (name: string) => `CN=${name},${GROUPS}`

/** https://learn.microsoft.com/en-us/troubleshoot/windows-server/active-directory/useraccountcontrol-manipulate-account-properties */
export const account = { normal: '512', neverExpires: '66048', disabled: '66050' } as const

/** Intervals of 100 ns: half an hour, as a span. */
const HALF_AN_HOUR = '-18000000000'

type Given = { cn?: string; more?: Record<string, string> }
/** By sAMAccountName. */
const people: Record<string, Given> = {
  ann: { cn: "O'Brien\\, Ann (on call)" },
  bob: {},
  eve: {},
  'jörg.müller': { cn: 'Müller\\, Jörg' },
  disabled: { more: { userAccountControl: account.disabled } },
  expired: { more: { accountExpires: '116444736010000000' } },
  changing: { more: { userAccountControl: account.normal, pwdLastSet: '0' } },
  locked: {},
  leaving: {},
  rollcall: {},
}
export const personDn = (name: string) => `CN=${people[name]?.cn ?? name},${PEOPLE}`

/** ann is on call, which is in staff, which is in everybody; bob, jörg.müller and leaving are in staff; eve is in none. */
const groups: Record<string, string[]> = {
  oncall: [personDn('ann')],
  staff: [...['bob', 'jörg.müller', 'leaving'].map(personDn), groupDn('oncall')],
  everybody: [groupDn('staff')],
}

/** Changes a directory as its administrator. */
export async function asAdministrator(
  url: string,
  ca: string,
  change: (client: Client) => Promise<unknown>,
): Promise<void> {
  const client = new Client({ url, tlsOptions: { ca: readFileSync(ca) } })
  try {
    await client.bind(ADMINISTRATOR.dn, ADMINISTRATOR.password)
    await change(client)
  } finally {
    await client.unbind()
  }
}

export const replacing = (type: string, value: string) =>
  new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) })

/** Fills a new domain with people and groups, and has it lock who guesses. */
export async function fillDomain(client: Client): Promise<void> {
  await client.modify(SUFFIX, [
    replacing('lockoutThreshold', String(LOCKED_AFTER)),
    replacing('lockoutDuration', HALF_AN_HOUR),
    replacing('lockOutObservationWindow', HALF_AN_HOUR),
  ])
  for (const unit of [PEOPLE, GROUPS]) await client.add(unit, { objectClass: 'organizationalUnit' })
  for (const [name, { more }] of Object.entries(people))
    await client.add(personDn(name), personOf(name, more))
  for (const [name, member] of Object.entries(groups))
    await client.add(groupDn(name), { objectClass: 'group', sAMAccountName: name, member })
}

const personOf = (name: string, more: Record<string, string> = {}): Attribute[] => {
  const texts = {
    ...{ objectClass: 'user', sAMAccountName: name, userPrincipalName: `${name}@corp.example` },
    ...{ userAccountControl: account.neverExpires, ...more },
  }
  // As Active Directory takes passwords: https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-adts/6e803168-f140-4d23-b2d3-c3a8ab5917d2
  const password = Buffer.from(`"${passwordOf(name)}"`, 'utf16le')
  return [
    ...Object.entries(texts).map(([type, value]) => new Attribute({ type, values: [value] })),
    new Attribute({ type: 'unicodePwd', values: [password] }),
  ]
}
