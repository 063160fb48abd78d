import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createSecureContext, TLSSocket } from 'node:tls'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../config/config.ts'
import { connectPostgres, type Database } from '../../db/connection/connect.ts'
import { postgresFailure } from '../../db/connection/failure.ts'
import { anyFreshness } from '../../db/nodes/requirement.ts'
import { createReadRouter } from '../../db/nodes/router.ts'
import type { ReadSession } from '../../db/nodes/snapshot.ts'
import { wireProblem } from '../../db/connection/wire-problem.ts'
import { migrateDatabase } from '../../db/schema/migrate-database.ts'
import { openFolder } from '../support/parts/own-folder.ts'
import { listen, readLeaf } from '../support/tls/listening.ts'
import { type SecuredPostgres, startSecuredPostgres } from '../support/tls/secured-postgres.ts'
import { createAuthority, type Leaf, type CertificateAuthority } from '../../stack/parts/certificates.ts'

const PASSWORD = 'sesame-of-postgres'

let folder: string
let close: () => void
let server: SecuredPostgres
let ca: CertificateAuthority
let otherCa: CertificateAuthority
const leaves: Record<string, Leaf> = {}

beforeAll(async () => {
  ;({ folder, close } = openFolder())
  ca = await createAuthority(folder, 'ca')
  otherCa = await createAuthority(folder, 'other-ca')
  server = await startSecuredPostgres(folder, ca)
  leaves['client'] = await ca.issue('client', { name: 'certified' })
  leaves['client of another name'] = await ca.issue('other-name', { name: 'somebody' })
  leaves['client of another CA'] = await otherCa.issue('other-client', { name: 'certified' })
  leaves['expired client'] = await ca.issue('expired-client', { name: 'certified', valid: 'expired' })
  leaves['expired'] = await ca.issue('expired', { name: 'postgres', dns: ['localhost'], valid: 'expired' })
  leaves['not yet'] = await ca.issue('not-yet', { name: 'postgres', dns: ['localhost'], valid: 'not yet' })
  leaves['elsewhere'] = await ca.issue('elsewhere', { name: 'postgres', dns: ['elsewhere.test'] })
  const sql = postgres(server.plainUrl, { max: 1 })
  await sql.unsafe(`create role sealed login superuser password '${PASSWORD}'`)
  await sql.unsafe('create role certified login superuser')
  await sql.end()
})

afterAll(async () => {
  await server.stop()
  close()
})

type Given = { user?: string; host?: string; port?: number; leaf?: string; password?: string } & Record<
  string,
  unknown
>

/** A URL with the parameters that are right, unless told otherwise; null leaves one out. */
function urlOf({
  user = 'sealed',
  host = 'localhost',
  port = server.port,
  leaf,
  password,
  ...more
}: Given = {}): string {
  const url = new URL(`postgres://${user}@${host}:${port}/rollcall`)
  if (user === 'sealed') url.password = password ?? PASSWORD
  const files = leaf === undefined ? {} : { sslcert: leaves[leaf]?.cert, sslkey: leaves[leaf]?.key }
  const parameters = { sslmode: 'verify-full', sslrootcert: ca.file, ...files, ...more }
  for (const [name, value] of Object.entries(parameters))
    if (typeof value === 'string') url.searchParams.set(name, value)
  return url.href
}

function connect(database: string | Database) {
  const sql = connectPostgres(database, {
    applicationName: 'test',
    maxConnections: 1,
    statementTimeoutMs: 5_000,
    idleInTransactionTimeoutMs: 5_000,
  })
  onTestFinished(() => sql.end({ timeout: 1 }))
  return sql
}

const howEncrypted = async (database: string | Database) => {
  const [row] = await connect(database)<{ version: string | null; name: string | null }[]>`
    select version, client_dn as name from pg_stat_ssl where pid = pg_backend_pid()`
  return row
}

describe('who may, does', () => {
  test.each<[string, Given, object]>([
    ['with a password', {}, { version: 'TLSv1.3', name: null }],
    ['by another address than the name', { hostaddr: '127.0.0.1' }, { version: 'TLSv1.3' }],
    ['with a client certificate', { user: 'certified', leaf: 'client' }, { name: '/CN=certified' }],
    [
      'in plaintext, where the server lets it',
      { user: 'rollcall', sslmode: 'disable', sslrootcert: null },
      { version: null },
    ],
  ])('%s', async (_, given, encrypted) => {
    expect(await howEncrypted(urlOf(given))).toMatchObject(encrypted)
  })

  test('large values come and go whole', async () => {
    const sql = connect(urlOf())
    const value = 'x'.repeat(3_000_000)
    expect((await sql<{ value: string }[]>`select ${value} as value`)[0]?.value).toBe(value)
  })

  test('a migration and both kinds of nodes are encrypted, and a replica that is looked up keeps its name', async () => {
    const database = { url: urlOf(), replicaUrls: [urlOf()] }
    await migrateDatabase(database)
    const router = createReadRouter(database)
    onTestFinished(() => router.close())
    const read = ({ sql }: ReadSession) =>
      sql<{ version: string }[]>`select version from pg_stat_ssl where pid = pg_backend_pid()`
    const versions = [router.withReadNode(anyFreshness, read), router.withPrimary(read)]
    for (const rows of await Promise.all(versions)) expect(rows).toEqual([{ version: 'TLSv1.3' }])
  })
})

/** Answers as a Postgres with this certificate does, up to the end of the handshake. */
async function serverWith(leaf: Leaf): Promise<number> {
  const secureContext = createSecureContext(readLeaf(leaf))
  const fake = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.write('S')
      new TLSSocket(socket, { isServer: true, secureContext }).on('error', () => undefined)
    })
  })
  onTestFinished(() => {
    fake.close()
  })
  return await listen(fake)
}

/** Answers the request for TLS in a way of its own. */
async function serverThatAnswers(bytes: string): Promise<number> {
  const fake = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', () => {
      socket.write(bytes)
    })
  })
  onTestFinished(() => {
    fake.close()
  })
  return await listen(fake)
}

describe('what is wrong is refused, and the message names the setting', () => {
  const withLeaf = async (leaf: string) => ({ port: await serverWith(leaves[leaf] as Leaf) })
  test.each<[string, () => Given | Promise<Given>, RegExp]>([
    [
      'a CA that did not issue the certificate',
      () => ({ sslrootcert: otherCa.file }),
      /no CA of sslrootcert in DATABASE_URL/,
    ],
    ['no CA', () => ({ sslrootcert: 'system' }), /set sslrootcert in DATABASE_URL/],
    [
      'a CA file that is not there',
      () => ({ sslrootcert: '/nowhere' }),
      /sslrootcert in DATABASE_URL names a file that cannot be read/,
    ],
    ['another host', () => withLeaf('elsewhere'), /not for the host in DATABASE_URL/],
    [
      'an IP address that the certificate does not have',
      () => ({ host: '127.0.0.1' }),
      /not for the host in DATABASE_URL: .*hostaddr/,
    ],
    ['an expired certificate', () => withLeaf('expired'), /server of DATABASE_URL has expired/],
    ['a certificate of later', () => withLeaf('not yet'), /server of DATABASE_URL is not valid yet/],
    ['no client certificate', () => ({ user: 'certified' }), /add sslcert and sslkey to DATABASE_URL/],
    [
      'a client certificate of another name',
      () => ({ user: 'certified', leaf: 'client of another name' }),
      /sslcert in DATABASE_URL is for another user/,
    ],
    [
      "another CA's client certificate",
      () => ({ user: 'certified', leaf: 'client of another CA' }),
      /client certificate of sslcert in DATABASE_URL/,
    ],
    [
      'an expired client certificate',
      () => ({ user: 'certified', leaf: 'expired client' }),
      /sslcert in DATABASE_URL\b.*expired/,
    ],
    [
      'plaintext in place of TLS',
      async () => ({ port: await serverThatAnswers('N') }),
      /the server has no TLS/,
    ],
    [
      'bytes before the handshake',
      async () => ({ port: await serverThatAnswers('Sinjected') }),
      /the server has no TLS/,
    ],
    [
      'TLS in place of plaintext',
      () => ({ sslmode: 'disable', sslrootcert: null }),
      /add sslmode=verify-full and sslrootcert to DATABASE_URL|allow plaintext/,
    ],
    ['a wrong password', () => ({ password: 'guess' }), /correct the password in DATABASE_URL/],
  ])('%s', async (_, given, said) => {
    const attempt = connect(urlOf(await given()))`select 1`
    const message = await attempt.then(
      () => 'no refusal',
      (error: unknown) => postgresFailure(error).message,
    )
    expect(message).toMatch(said)
    expect(message).not.toContain(PASSWORD)
  })
})

test('a password that changes in its file counts from the next session on, in the same pool', async () => {
  const file = join(folder, 'password')
  const url = new URL(urlOf())
  url.password = ''
  const { database } = loadConfig({ DATABASE_URL: url.href, DATABASE_PASSWORD_FILE: file })
  const sql = connect(database)
  await expect(sql`select 1`).rejects.toThrow(
    'DATABASE_PASSWORD_FILE names a file that cannot be read (ENOENT)',
  )
  writeFileSync(file, 'guess\n')
  await expect(sql`select 1`).rejects.toThrow(/password authentication failed/)
  writeFileSync(file, `${PASSWORD}\n`)
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
})

test('what is wrong with a wire is known without a session, and nothing is said of what is no matter of it', async () => {
  expect(await wireProblem({ url: urlOf() })).toBeNull()
  expect(await wireProblem({ url: urlOf({ port: 1 }) })).toBeNull()
  expect(await wireProblem({ url: urlOf({ sslrootcert: otherCa.file }) })).toMatch(
    /no CA of sslrootcert in DATABASE_URL/,
  )
  const { database } = loadConfig({ DATABASE_URL: 'postgres://u@h/d', DATABASE_PASSWORD_FILE: '/nowhere' })
  expect(await wireProblem(database)).toMatch(/DATABASE_PASSWORD_FILE names a file/)
})
