import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { Attribute, Change } from 'ldapts'
import { SignInRefused } from '../../api/identity/sessions/sign-in-way.ts'
import { createAuthority, type CertificateAuthority, type Leaf } from '../../stack/parts/certificates.ts'
import { whyNoDebianPackages } from '../../stack/parts/debian-packages.ts'
import { HOST } from '../../stack/processes/ports.ts'
import { createLdapWorld } from '../support/identity/ldap-world.ts'
import { ACCOUNT, asRoot, directoryData, GROUPS, passwordOf, PEOPLE } from '../support/identity/people.ts'
import { MEMBER_OF, startSlapd, type Slapd } from '../support/identity/slapd.ts'
import { openFolder } from '../support/parts/own-folder.ts'
import { listen } from '../support/tls/listening.ts'

/** The groups that give roles, written in other ways than the directory does. */
const inOtherWords = (name: string) => `CN=${name}, ${GROUPS}`
const [ONCALL, STAFF, EVERYBODY] = [inOtherWords('oncall'), inOtherWords('staff'), inOtherWords('everybody')]
const ROLE_GROUPS = { operator: [ONCALL], analyst: [STAFF], viewer: [EVERYBODY, 'a group of another way'] }

const whyNot = whyNoDebianPackages()
describe.skipIf(whyNot !== null)(`people of a directory${whyNot === null ? '' : ` (${whyNot})`}`, () => {
  const { folder, close } = openFolder()
  let ca: CertificateAuthority
  let leaf: Leaf
  let slapd: Slapd
  let withMemberOf: Slapd
  beforeAll(async () => {
    ca = await createAuthority(folder, 'ca')
    leaf = await ca.issue('slapd', { name: 'slapd', ips: [HOST] })
    slapd = await startSlapd(folder, { leaf, ca: ca.file, data: directoryData })
    withMemberOf = await startSlapd(folder, { leaf, ca: ca.file, data: directoryData, overlays: MEMBER_OF })
  })
  afterAll(close)

  const { logged, wayTo: wayBy } = createLdapWorld(ROLE_GROUPS)
  const wayTo = (urls: string, more: Record<string, string> = {}) =>
    wayBy({
      ...{ LDAP_URLS: urls, LDAP_CA_FILE: ca.file, LDAP_USER_BASE: PEOPLE, LDAP_GROUP_BASE: GROUPS },
      ...{ LDAP_BIND_DN: ACCOUNT.dn, LDAP_BIND_PASSWORD: ACCOUNT.password, ...more },
    })
  const BY_DN = { LDAP_USER_BASE: '', LDAP_USER_DN: `cn={user},${PEOPLE}` }

  it.each([
    ['ann', [ONCALL, STAFF, EVERYBODY]],
    ['bob', [STAFF, EVERYBODY]],
    ['eve', []],
  ])('%s signs in with all groups, also those that contain others', async (uid, groups) => {
    for (const way of [
      wayTo(slapd.ldaps),
      wayTo(slapd.ldap),
      wayTo(withMemberOf.ldaps),
      wayTo(slapd.ldaps, BY_DN),
    ]) {
      const signedIn = await way.check(uid, passwordOf(uid))
      expect(signedIn).toMatchObject({
        issuer: `ldap:///${PEOPLE}`,
        name: uid,
        providerSession: null,
        secret: null,
      })
      expect(signedIn.subject).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      expect(signedIn.groups.toSorted()).toEqual(groups.toSorted())
      expect(await way.readGroups(signedIn)).toMatchObject({ groups: signedIn.groups, name: uid })
    }
  })

  it.each([['o(b*r\\ien'], ['müller']])('a name of special characters is somebody: %s', async (uid) => {
    expect(await wayTo(slapd.ldaps).check(uid, passwordOf(uid))).toMatchObject({ name: uid })
  })

  it('a DN of special characters is somebody, too', async () => {
    const way = wayTo(slapd.ldaps, BY_DN)
    expect(await way.check('O, Brien+("x")', passwordOf('o(b*r\\ien'))).toMatchObject({ name: 'o(b*r\\ien' })
  })

  const refusals: [what: string, user: string, password: string][] = [
    ['a wrong password', 'ann', 'wrong'],
    ['an unknown user', 'nobody', passwordOf('ann')],
    ['no password', 'ann', ''],
    ['a password that ends early', 'ann', `${passwordOf('ann')}\0x`],
    ['an endless password', 'ann', 'x'.repeat(5_000)],
    ['no user', '', passwordOf('ann')],
    ['a disabled account', 'dis', passwordOf('dis')],
    ['a password that must be changed', 'new', passwordOf('new')],
    ['any user', '*', passwordOf('ann')],
    ['a part of a name', 'an*', passwordOf('ann')],
    ['a filter', 'ann)(uid=*', passwordOf('ann')],
    ['a filter that is always true', '*)(|(objectClass=*', passwordOf('ann')],
    ['an escape', 'a\\6en', passwordOf('ann')],
    ['a DN', `cn=ann,${PEOPLE}`, passwordOf('ann')],
    ['the rest of a DN', `ann,${PEOPLE}`, passwordOf('ann')],
    ['a second attribute', 'ann+sn=ann', passwordOf('ann')],
    ['a pattern of replacements', "$&$'ann", passwordOf('ann')],
    ['a control character', 'ann\n', passwordOf('ann')],
    ['a NUL', 'ann\0', passwordOf('ann')],
    ['a space', ' ann', passwordOf('ann')],
    ['an endless name', 'a'.repeat(5_000), passwordOf('ann')],
    ['the service account', 'rollcall', ACCOUNT.password],
  ]

  it('whoever may not sign in is refused in the same words, in no less time', async () => {
    const answers = await Promise.all(
      [{}, BY_DN].flatMap((more) =>
        refusals.map(async ([what, user, password]) => {
          const startedAtMs = performance.now()
          const error: unknown = await wayTo(slapd.ldaps, more)
            .check(user, password)
            .catch((one: unknown) => one)
          return { what, error, isSlow: performance.now() - startedAtMs >= 490 }
        }),
      ),
    )
    for (const { what, error, isSlow } of answers) {
      expect([what, error instanceof SignInRefused, isSlow]).toEqual([what, true, true])
      expect(error).toMatchObject({
        message: 'that is not the name and password of somebody who may sign in here',
      })
    }
  })

  it('the log says why, and no password', async () => {
    logged.info.mockClear()
    await wayTo(slapd.ldaps)
      .check('dis', passwordOf('dis'))
      .catch(() => undefined)
    expect(logged.info.mock.calls).toHaveLength(1)
    expect(JSON.stringify(logged.info.mock.calls)).not.toContain(passwordOf('dis'))
  })

  it('a server that is down is passed over, and the next one is asked', async () => {
    const down = await startSlapd(folder, { leaf, ca: ca.file, data: directoryData })
    const way = wayTo(`${down.ldaps},${slapd.ldap}`)
    const before = await way.check('bob', passwordOf('bob'))
    await down.stop()
    expect((await way.check('bob', passwordOf('bob'))).groups).toEqual(before.groups)
    await expect(wayTo(down.ldaps).check('bob', passwordOf('bob'))).rejects.toThrow(
      /no server of LDAP_URLS can be asked/,
    )
  })

  describe('a server that is not who it should be gets no password:', () => {
    it.each([
      [
        'another CA',
        /LDAP_CA_FILE/,
        async () => ({ LDAP_CA_FILE: (await createAuthority(folder, 'other')).file }),
      ],
      ['another name', /LDAP_SERVER_NAME/, () => ({ LDAP_SERVER_NAME: 'dc1.corp.example' })],
      ['no CA', /LDAP_CA_FILE/, () => ({ LDAP_CA_FILE: '' })],
      [
        'a wrong password of the service account',
        /LDAP_BIND_DN with LDAP_BIND_PASSWORD/,
        () => ({ LDAP_BIND_PASSWORD: 'x' }),
      ],
    ])('%s', async (_, said, more) => {
      for (const url of [slapd.ldaps, slapd.ldap]) {
        const failure: unknown = await wayTo(url, await more())
          .check('ann', passwordOf('ann'))
          .catch((one: unknown) => one)
        expect(failure).not.toBeInstanceOf(SignInRefused)
        expect((failure as Error).message).toMatch(said)
      }
    })

    it('an expired certificate', async () => {
      const expired = await ca.issue('expired', { name: 'slapd', ips: [HOST], valid: 'expired' })
      const old = await startSlapd(folder, { leaf: expired, ca: ca.file, data: directoryData })
      await expect(wayTo(old.ldaps).check('ann', passwordOf('ann'))).rejects.toThrow(/has expired: renew it/)
    })

    const REFUSED_TLS = Buffer.from('300c02010178070a013504000400', 'hex')
    const GRANTED_TLS = Buffer.from('300c02010178070a010004000400', 'hex')
    it.each([
      ['that refuses StartTLS', 'ldap', REFUSED_TLS, /refuses StartTLS/],
      [
        'that says more than that it grants StartTLS',
        'ldap',
        Buffer.concat([GRANTED_TLS, REFUSED_TLS]),
        /something else/,
      ],
      [
        'that grants StartTLS and speaks no TLS',
        'ldap',
        GRANTED_TLS,
        /does not speak TLS|does not answer|before/,
      ],
      ['that speaks plaintext at a port of TLS', 'ldaps', REFUSED_TLS, /does not speak TLS/],
    ])('one %s', async (_, scheme, answer, said) => {
      const heard: Buffer[] = []
      const server = createServer((socket) => {
        socket
          .on('error', () => undefined)
          .on('data', (chunk) => {
            heard.push(chunk)
            socket.write(answer)
          })
      })
      const port = await listen(server)
      onTestFinished(() => {
        server.close()
      })
      await expect(wayTo(`${scheme}://${HOST}:${port}`).check('ann', passwordOf('ann'))).rejects.toThrow(said)
      expect(Buffer.concat(heard).toString('latin1')).not.toContain('the-password-of')
    })
  })

  it('referrals are not followed', async () => {
    const asked = vi.fn()
    const server = createServer(asked)
    const port = await listen(server)
    onTestFinished(() => {
      server.close()
    })
    const referral = `ldap://${HOST}:${port}`
    const referring = await startSlapd(folder, { leaf, ca: ca.file, data: directoryData, referral })
    const way = wayTo(referring.ldaps, { LDAP_USER_BASE: 'ou=people,dc=elsewhere' })
    await expect(way.check('ann', passwordOf('ann'))).rejects.toThrow(
      /refers to another server.*LDAP_USER_BASE/,
    )
    expect(asked).not.toHaveBeenCalled()
  })

  it('groups that are taken away are gone at the next reading, and who is disabled or removed is refused', async () => {
    const own = await startSlapd(folder, { leaf, ca: ca.file, data: directoryData })
    const way = wayTo(own.ldaps)
    const ann = await way.check('ann', passwordOf('ann'))
    await asRoot(own.ldaps, ca.file, (root) =>
      root.modify(`cn=staff,${GROUPS}`, [
        new Change({
          operation: 'delete',
          modification: new Attribute({ type: 'member', values: [`cn=oncall,${GROUPS}`] }),
        }),
      ]),
    )
    expect((await way.readGroups(ann)).groups).toEqual([ONCALL])
    await asRoot(own.ldaps, ca.file, (root) => root.modifyDN(`cn=ann,${PEOPLE}`, 'cn=ann-marie'))
    expect(await way.readGroups(ann)).toMatchObject({ name: 'ann' })
    const lock = new Attribute({ type: 'pwdAccountLockedTime', values: ['000001010000Z'] })
    await asRoot(own.ldaps, ca.file, (root) =>
      root.modify(`cn=ann-marie,${PEOPLE}`, [new Change({ operation: 'add', modification: lock })]),
    )
    await expect(way.readGroups(ann)).rejects.toBeInstanceOf(SignInRefused)
    await asRoot(own.ldaps, ca.file, (root) => root.del(`cn=bob,${PEOPLE}`))
    const [bob] = [await wayTo(slapd.ldaps).check('bob', passwordOf('bob'))]
    await expect(way.readGroups(bob)).rejects.toBeInstanceOf(SignInRefused)
    await own.stop()
    await expect(way.readGroups(ann)).rejects.not.toBeInstanceOf(SignInRefused)
  })
})
