import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { SignInRefused } from '../../api/identity/sessions/sign-in-way.ts'
import { createAuthority, type CertificateAuthority, type Leaf } from '../../stack/parts/certificates.ts'
import { whyNoDebianPackages } from '../../stack/parts/debian-packages.ts'
import { freePort, HOST } from '../../stack/processes/ports.ts'
import { createLdapWorld } from '../support/identity/ldap-world.ts'
import {
  ACCOUNT,
  directoryData,
  directoryOf,
  group,
  GROUPS,
  passwordOf,
  PEOPLE,
  person,
  SUFFIX,
} from '../support/identity/people.ts'
import { startSlapd, type Slapd } from '../support/identity/slapd.ts'
import { openFolder } from '../support/parts/own-folder.ts'
import { listen, readLeaf } from '../support/tls/listening.ts'

const STAFF = `cn=staff,${GROUPS}`
const LARGE = `cn=large,${GROUPS}`
const LARGE_GROUP = `
dn: ${LARGE}
objectClass: groupOfNames
cn: large
${Array.from({ length: 2_000 }, (_, place) => `member: cn=p${place},${PEOPLE}`).join('\n')}
member: cn=eve,${PEOPLE}
`
/** Three people of one name. */
const NAMESAKES = ['one', 'two', 'three']
  .map(
    (name) => `
dn: cn=${name},${PEOPLE}
objectClass: inetOrgPerson
cn: ${name}
sn: ${name}
uid: twin
userPassword: ${passwordOf('twin')}
`,
  )
  .join('')

const whyNot = whyNoDebianPackages()
describe.skipIf(whyNot !== null)(`settings of a directory${whyNot === null ? '' : ` (${whyNot})`}`, () => {
  const { folder, close } = openFolder()
  let ca: CertificateAuthority
  let leaf: Leaf
  let slapd: Slapd
  beforeAll(async () => {
    ca = await createAuthority(folder, 'ca')
    leaf = await ca.issue('slapd', { name: 'slapd', ips: [HOST] })
    const data = directoryData + LARGE_GROUP + NAMESAKES
    slapd = await startSlapd(folder, { leaf, ca: ca.file, data })
  })
  afterAll(close)

  const { wayTo: wayBy } = createLdapWorld({ viewer: [STAFF], operator: [LARGE] })
  const wayTo = (more: Record<string, string> = {}) =>
    wayBy({
      ...{ LDAP_URLS: slapd.ldaps, LDAP_CA_FILE: ca.file, LDAP_USER_BASE: PEOPLE, LDAP_GROUP_BASE: GROUPS },
      ...{ LDAP_BIND_DN: ACCOUNT.dn, LDAP_BIND_PASSWORD: ACCOUNT.password, ...more },
    })
  const BY_DN = { LDAP_USER_BASE: '' }

  const wrong: [
    what: string,
    settings: () => Record<string, string> | Promise<Record<string, string>>,
    said: RegExp,
  ][] = [
    [
      'no server',
      async () => ({ LDAP_URLS: `ldaps://${HOST}:${await freePort(0)}` }),
      /LDAP_URLS.*ECONNREFUSED/,
    ],
    [
      'a port of StartTLS',
      () => ({ LDAP_URLS: slapd.ldap.replace('ldap:', 'ldaps:') }),
      /does not speak TLS: correct LDAP_URLS, or begin it with ldap:/,
    ],
    [
      'another CA',
      async () => ({ LDAP_CA_FILE: (await createAuthority(folder, 'other')).file }),
      /correct LDAP_CA_FILE/,
    ],
    ['no CA', () => ({ LDAP_CA_FILE: '' }), /set LDAP_CA_FILE/],
    [
      'no file of a CA',
      () => ({ LDAP_CA_FILE: '/nowhere.pem' }),
      /LDAP_CA_FILE names a file that cannot be read/,
    ],
    ['another name', () => ({ LDAP_SERVER_NAME: 'dc1.corp.example' }), /LDAP_SERVER_NAME/],
    [
      'another account',
      () => ({ LDAP_BIND_DN: `cn=nobody,${SUFFIX}` }),
      /LDAP_BIND_DN with LDAP_BIND_PASSWORD .*correct them/,
    ],
    [
      'an account that is no DN',
      () => ({ LDAP_BIND_DN: 'rollcall' }),
      /LDAP_BIND_DN with LDAP_BIND_PASSWORD/,
    ],
    ['another password', () => ({ LDAP_BIND_PASSWORD: 'wrong' }), /LDAP_BIND_DN with LDAP_BIND_PASSWORD/],
    [
      'no file of a password',
      () => ({ LDAP_BIND_PASSWORD: '', LDAP_BIND_PASSWORD_FILE: '/nowhere' }),
      /LDAP_BIND_PASSWORD_FILE names a file/,
    ],
    [
      'no such people',
      () => ({ LDAP_USER_BASE: `ou=persons,${SUFFIX}` }),
      /ou=persons.*correct LDAP_USER_BASE/,
    ],
    ['people elsewhere', () => ({ LDAP_USER_BASE: 'dc=elsewhere' }), /dc=elsewhere.*correct LDAP_USER_BASE/],
    [
      'no such place of people',
      () => ({ ...BY_DN, LDAP_USER_DN: `uid={user},ou=persons,${SUFFIX}` }),
      /correct LDAP_USER_DN/,
    ],
    [
      'no such groups',
      () => ({ LDAP_GROUP_BASE: `ou=teams,${SUFFIX}` }),
      /ou=teams.*correct LDAP_GROUP_BASE/,
    ],
    ['no filter', () => ({ LDAP_USER_FILTER: '(&(uid={user})())' }), /LDAP_USER_FILTER is no filter/],
  ]
  it.each(wrong)('nothing is ready, and the message names the setting: %s', async (_, settings, said) => {
    await expect(wayTo(await settings()).ready()).rejects.toThrow(said)
  })

  it.each([
    ['nothing', {}, undefined],
    ['people by their DN', { ...BY_DN, LDAP_USER_DN: `cn={user},${PEOPLE}` }, undefined],
    ['StartTLS', { LDAP_URLS: 'StartTLS' }, undefined],
    ['a filter that finds nobody', { LDAP_USER_FILTER: '(sn=x{user})' }, /nobody is found.*LDAP_USER_FILTER/],
    ['groups where there are none', { LDAP_GROUP_BASE: `ou=services,${SUFFIX}` }, /below LDAP_GROUP_BASE/],
  ] as const)('it is ready, and says what operators should know: %s', async (_, settings, said) => {
    const urls: Record<string, string> = 'LDAP_URLS' in settings ? { LDAP_URLS: slapd.ldap } : {}
    const answer = await wayTo({ ...settings, ...urls }).ready()
    if (said === undefined) expect(answer).toBeUndefined()
    else expect(answer).toMatch(said)
  })

  it('groups of roles that the directory does not have are told, and no others', async () => {
    const { wayTo: wayBy } = createLdapWorld({ viewer: [STAFF, `cn=gone,${GROUPS}`, 'of another way'] })
    const way = wayBy({
      ...{ LDAP_URLS: slapd.ldaps, LDAP_CA_FILE: ca.file, LDAP_USER_BASE: PEOPLE },
      ...{ LDAP_BIND_DN: ACCOUNT.dn, LDAP_BIND_PASSWORD: ACCOUNT.password },
    })
    expect(await way.ready()).toMatch(new RegExp(`ROLE_GROUPS names .*: cn=gone,${GROUPS}$`))
  })

  it('a server that wants a client certificate gets that of LDAP_CERT_FILE; without, the message says so', async () => {
    const strict = await startSlapd(folder, {
      ...{ leaf, ca: ca.file, data: directoryData, overlays: 'TLSVerifyClient demand' },
    })
    await expect(wayTo({ LDAP_URLS: strict.ldaps }).ready()).rejects.toThrow(/LDAP_CERT_FILE/)
    const { cert, key } = await ca.issue('client', { name: 'rollcall' })
    const way = wayTo({ LDAP_URLS: strict.ldaps, LDAP_CERT_FILE: cert, LDAP_KEY_FILE: key })
    expect(await way.check('bob', passwordOf('bob'))).toMatchObject({ name: 'bob' })
  })

  it('a directory that begins to answer is asked without a restart', async () => {
    const late = await startSlapd(folder, { leaf, ca: ca.file, data: directoryData })
    const away = wayTo({ LDAP_URLS: late.ldaps })
    expect(await away.ready()).toMatch(/cn=large/)
    await late.stop()
    await expect(away.check('bob', passwordOf('bob'))).rejects.toThrow(/no server of LDAP_URLS can be asked/)
    await late.start()
    expect(await away.check('bob', passwordOf('bob'))).toMatchObject({ name: 'bob' })
  })

  it('a name that several people have is nobody, and a member of 2,001 is one', async () => {
    await expect(wayTo().check('twin', passwordOf('twin'))).rejects.toBeInstanceOf(SignInRefused)
    expect((await wayTo().check('eve', passwordOf('eve'))).groups).toEqual([LARGE])
  })

  it('names are compared as the directory does, and sent as they are', async () => {
    const way = wayTo()
    const subjects = await Promise.all(
      ['bob', 'BOB', 'Bob'].map(async (name) => (await way.check(name, passwordOf('bob'))).subject),
    )
    expect(new Set(subjects).size).toBe(1)
    const odd = [' bob', 'bob ', 'bo b', 'b\u200bob', 'bob\u00a0'].map((name) =>
      way.check(name, passwordOf('bob')).catch((error: unknown) => error),
    )
    for (const refused of await Promise.all(odd)) expect(refused).toBeInstanceOf(SignInRefused)
  })

  it.each([
    ['says nothing more', () => undefined],
    ['ends the connection', (socket: TLSSocket) => socket.destroy()],
  ])('a server that in the middle of a search %s is passed over', async (_, onSearch) => {
    const BIND = 0x60
    const server = createTlsServer(readLeaf(leaf), (socket) => {
      socket
        .on('error', () => undefined)
        .on('data', (request: Buffer) => {
          // A message begins with five bytes of lengths and types around its id, and that of its operation.
          const [, , , , id = 0, operation] = request
          if (operation !== BIND) return void onSearch(socket)
          socket.write(Buffer.from([0x30, 0x0c, 0x02, 0x01, id, 0x61, 0x07, 0x0a, 0x01, 0, 0x04, 0, 0x04, 0]))
        })
    })
    const port = await listen(server)
    onTestFinished(() => void server.close())
    const way = wayTo({ LDAP_URLS: `ldaps://${HOST}:${port},${slapd.ldaps}` })
    expect(await way.check('bob', passwordOf('bob'))).toMatchObject({ name: 'bob', groups: [STAFF] })
  })

  it('a search that the server limits names what to raise', async () => {
    const ann = `cn=ann,${PEOPLE}`
    const data = directoryOf([person('ann'), ...['one', 'two'].map((name) => group(name, ann))])
    const narrow = await startSlapd(folder, { leaf, ca: ca.file, data, overlays: 'sizelimit 1' })
    await expect(wayTo({ LDAP_URLS: narrow.ldaps }).check('ann', passwordOf('ann'))).rejects.toThrow(
      /ends a search for its limits: raise those of LDAP_BIND_DN/,
    )
  })
})
