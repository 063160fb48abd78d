import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SignInRefused } from '../../api/identity/sessions/sign-in-way.ts'
import { createAuthority, type CertificateAuthority } from '../../stack/parts/certificates.ts'
import { freePort, HOST } from '../../stack/processes/ports.ts'
import { createLdapWorld } from '../support/identity/ldap-world.ts'
import { whyNoOwnNetwork } from '../support/identity/own-network.ts'
import { CONTROLLER, startSamba, type Samba } from '../support/identity/samba.ts'
import {
  ACCOUNT,
  account,
  asAdministrator,
  fillDomain,
  groupDn,
  LOCKED_AFTER,
  passwordOf,
  PEOPLE,
  personDn,
  replacing,
} from '../support/identity/samba-people.ts'
import { openFolder } from '../support/parts/own-folder.ts'

/** The groups that give roles, written in other ways than the directory does. */
const inOtherWords = (name: string) => `cn=${name}, ou=groups,dc=corp,dc=example`
const [ONCALL, STAFF, EVERYBODY] = [inOtherWords('oncall'), inOtherWords('staff'), inOtherWords('everybody')]
const ROLE_GROUPS = { operator: [ONCALL], analyst: [STAFF], viewer: [EVERYBODY] }
/** Packages are fetched, and a domain is made. */
const OPEN_TIMEOUT_MS = 600_000

const whyNot = whyNoOwnNetwork()
describe.skipIf(whyNot !== null)(
  `people of an Active Directory, as Samba is one${whyNot === null ? '' : ` (${whyNot})`}`,
  () => {
    const { folder, close } = openFolder()
    let ca: CertificateAuthority
    let samba: Samba
    beforeAll(async () => {
      ca = await createAuthority(folder, 'ca')
      const leaf = await ca.issue('dc1', { name: CONTROLLER, dns: [CONTROLLER], ips: [HOST] })
      samba = await startSamba(folder, { leaf, ca: ca.file })
      await asAdministrator(samba.ldaps, ca.file, fillDomain)
    }, OPEN_TIMEOUT_MS)
    afterAll(close)
    afterAll(() => samba.stop())

    const { logged, wayTo: wayBy } = createLdapWorld(ROLE_GROUPS)
    /** As docs/ldap.md has them. */
    const wayTo = (urls: string, more: Record<string, string> = {}) =>
      wayBy({
        ...{ LDAP_URLS: urls, LDAP_CA_FILE: ca.file, LDAP_SERVER_NAME: CONTROLLER },
        ...{ LDAP_BIND_DN: ACCOUNT, LDAP_BIND_PASSWORD: passwordOf('rollcall') },
        ...{ LDAP_USER_BASE: PEOPLE, LDAP_USER_FILTER: '(sAMAccountName={user})', ...more },
      })
    const BY_UPN = { LDAP_USER_FILTER: '(userPrincipalName={user})' }
    const change = (name: string, attribute: string, value: string) =>
      asAdministrator(samba.ldaps, ca.file, (client) =>
        client.modify(personDn(name), [replacing(attribute, value)]),
      )

    it.each([
      ['ann', [ONCALL, STAFF, EVERYBODY]],
      ['bob', [STAFF, EVERYBODY]],
      ['jörg.müller', [STAFF, EVERYBODY]],
      ['eve', []],
    ])(
      '%s signs in by account name, principal name and in the global catalogue, with groups within groups',
      async (name, groups) => {
        const ways = [
          [wayTo(samba.ldaps), name],
          [wayTo(samba.ldap), name.toUpperCase()],
          [wayTo(samba.ldaps, BY_UPN), `${name}@corp.example`],
          [wayTo(samba.globalCatalogue, BY_UPN), `${name}@CORP.example`],
          [wayTo(samba.globalCatalogue, { LDAP_USER_BASE: 'DC=corp,DC=example' }), name],
        ] as const
        const subjects = new Set<string>()
        for (const [way, typed] of ways) {
          const signedIn = await way.check(typed, passwordOf(name))
          expect(signedIn).toMatchObject({ name })
          expect(signedIn.groups.toSorted()).toEqual(groups.toSorted())
          expect(await way.readGroups(signedIn)).toMatchObject({ groups: signedIn.groups, name })
          subjects.add(signedIn.subject)
        }
        expect(subjects.size).toBe(1)
      },
    )

    it.each([
      ['a wrong password', 'ann', 'wrong', /password is wrong/],
      ['a disabled account', 'disabled', passwordOf('disabled'), /is disabled/],
      ['an account that has expired', 'expired', passwordOf('expired'), /has expired/],
      ['a password that must be changed', 'changing', passwordOf('changing'), /must be changed/],
      ['an unknown name', 'nobody', passwordOf('ann'), /of nobody/],
      ['any name', '*', passwordOf('ann'), /of nobody/],
      ['a space behind a name', 'ann ', passwordOf('ann'), /cannot be one/],
      ['another filter', 'ann)(objectClass=*', passwordOf('ann'), /of nobody/],
    ])('%s is refused, and the log says why', async (_, user, password, said) => {
      logged.info.mockClear()
      await expect(wayTo(samba.ldaps).check(user, password)).rejects.toBeInstanceOf(SignInRefused)
      expect(JSON.stringify(logged.info.mock.calls)).toMatch(said)
      expect(JSON.stringify(logged.info.mock.calls)).not.toContain(passwordOf(user))
    })

    it('an account that somebody guesses at is locked, and whoever is signed in to it goes on', async () => {
      const way = wayTo(samba.ldaps)
      const before = await way.check('locked', passwordOf('locked'))
      for (let guess = 0; guess < LOCKED_AFTER; guess++)
        await expect(way.check('locked', 'wrong')).rejects.toBeInstanceOf(SignInRefused)
      logged.info.mockClear()
      await expect(way.check('locked', passwordOf('locked'))).rejects.toBeInstanceOf(SignInRefused)
      expect(JSON.stringify(logged.info.mock.calls)).toMatch(/is locked/)
      expect(await way.readGroups(before)).toMatchObject({ name: 'locked' })
    })

    it('whoever is signed in goes when the password must be changed or the account is disabled, and stays when moved', async () => {
      const way = wayTo(samba.ldaps)
      const leaving = await way.check('leaving', passwordOf('leaving'))
      await asAdministrator(samba.ldaps, ca.file, (client) => client.modifyDN(groupDn('staff'), 'CN=moved'))
      expect(await way.readGroups(leaving)).toMatchObject({ groups: [EVERYBODY] })
      await asAdministrator(samba.ldaps, ca.file, (client) =>
        client.modifyDN(`CN=moved,${groupDn('staff').slice('CN=staff,'.length)}`, 'CN=staff'),
      )
      await change('leaving', 'userAccountControl', account.normal)
      await change('leaving', 'pwdLastSet', '0')
      await expect(way.readGroups(leaving)).rejects.toThrow(/must be changed/)
      await change('leaving', 'pwdLastSet', '-1')
      expect((await way.readGroups(leaving)).groups).toHaveLength(2)
      await change('leaving', 'userAccountControl', account.disabled)
      await expect(way.readGroups(leaving)).rejects.toThrow(/is disabled/)
    })

    it('a server that is stopped is passed over', async () => {
      const way = wayTo(`ldaps://${HOST}:${await freePort(0)},${samba.ldap}`)
      expect(await way.check('bob', passwordOf('bob'))).toMatchObject({ name: 'bob' })
      expect(await way.ready()).toMatch(
        /^1 of 2 servers of LDAP_URLS cannot be asked: 127\.0\.0\.1:\d+ .*ECONNREFUSED/,
      )
    })

    it.each([
      ['nothing is wrong', {}, undefined],
      ['another CA', { LDAP_CA_FILE: '' }, /LDAP_CA_FILE/],
      ['another name', { LDAP_SERVER_NAME: 'dc2.corp.example' }, /LDAP_SERVER_NAME/],
      ['a wrong account', { LDAP_BIND_DN: 'nobody@corp.example' }, /LDAP_BIND_DN with LDAP_BIND_PASSWORD/],
      ['no such base', { LDAP_USER_BASE: 'OU=Nowhere,DC=corp,DC=example' }, /correct LDAP_USER_BASE/],
      [
        'the filter of another directory',
        { LDAP_USER_FILTER: '(uid={user})' },
        /nobody is found.*LDAP_USER_FILTER/,
      ],
    ])('/ready says which setting is wrong: %s', async (_, more, said) => {
      const way = wayTo(samba.ldaps, more)
      const answer: unknown = await way.ready().catch((error: unknown) => String(error))
      if (said === undefined) expect(answer).toBeUndefined()
      else expect(answer).toMatch(said)
    })
  },
)
