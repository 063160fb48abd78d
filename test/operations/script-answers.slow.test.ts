import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, inject, onTestFinished, test } from 'vitest'
import { HOST } from '../../stack/processes/ports.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { createLockedUser } from '../support/parts/locked-user.ts'

type Environment = Record<string, string>

/** What a script says, and its exit code. */
async function answerOf(script: string, environment: Environment): Promise<{ said: string; code: unknown }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../../${script}`, import.meta.url))], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const { promise, resolve } = Promise.withResolvers<unknown>()
  child.once('close', resolve)
  const code = await promise
  return { said, code }
}

/** @returns the one line that a script ends with, which repeats none of `secrets` */
async function refusal(script: string, environment: Environment, secrets: string[] = []): Promise<string> {
  const { said, code } = await answerOf(script, environment)
  expect(code).toBe(1)
  expect(said.trimEnd().split('\n')).toHaveLength(1)
  for (const secret of secrets) expect(said).not.toContain(secret)
  return said
}

/** A server that takes connections and closes them, as a balancer does that has nobody to give them to. */
async function closingServer(): Promise<string> {
  const server = createServer((socket) => socket.resume().end())
  onTestFinished(() => {
    server.close()
  })
  const { promise, resolve } = Promise.withResolvers<undefined>()
  server.listen(0, HOST, () => {
    resolve(undefined)
  })
  await promise
  const address = server.address()
  return `${HOST}:${typeof address === 'object' && address !== null ? address.port : 0}`
}

test('a wrong password is said as that, without any password', async () => {
  const user = await createLockedUser({ demands: 'password' })
  const DATABASE_URL = user.urlOf(inject('databaseUrl'), 'mistyped')
  const said = await refusal('scripts/migrate.ts', { DATABASE_URL }, ['mistyped', user.password])
  expect(said).toMatch(/password authentication failed .*correct the password in DATABASE_URL/)
})

test('a server that wants TLS is said to, and one that has none', async () => {
  const user = await createLockedUser({ demands: 'TLS' })
  const url = inject('databaseUrl')
  expect(await refusal('scripts/migrate.ts', { DATABASE_URL: user.urlOf(url) }, [user.password])).toMatch(
    /add sslmode=verify-full and sslrootcert to DATABASE_URL/,
  )
  expect(await refusal('scripts/migrate.ts', { DATABASE_URL: `${url}?sslmode=verify-full` })).toMatch(
    /the server has no TLS: turn ssl on there/,
  )
})

test.each([
  [
    'a database that is not there',
    (url: URL) => Object.assign(url, { pathname: '/nothere' }),
    /create it, or correct the database/,
  ],
  [
    'a user that is not there',
    (url: URL) => Object.assign(url, { username: 'nobody' }),
    /create it, or correct the user/,
  ],
  [
    'a port where nothing listens',
    (url: URL) => Object.assign(url, { port: '1' }),
    /ECONNREFUSED .*correct host and port/,
  ],
  [
    'a host that is not there',
    (url: URL) => Object.assign(url, { hostname: 'no.such.host.invalid' }),
    /correct the host/,
  ],
  [
    'a parameter that is none',
    (url: URL) => Object.assign(url, { search: '?foo=secret' }),
    /DATABASE_URL: must have no parameters but sslmode/,
  ],
  ['no URL', () => 'secret', /DATABASE_URL: must be/],
])('npm run migrate answers %s in one line', async (_, wrong, said) => {
  const DATABASE_URL = String(wrong(new URL(inject('databaseUrl'))))
  const { said: answer, code } = await answerOf('scripts/migrate.ts', { DATABASE_URL })
  expect(code).toBe(1)
  expect(answer).toMatch(said)
  expect(answer).not.toMatch(/\n +at |secret/)
})

test('a port behind which nobody answers is no silent wait', async () => {
  const address = await closingServer()
  expect(await refusal('scripts/migrate.ts', { DATABASE_URL: `postgres://u@${address}/d` })).toMatch(
    /closed the connection before a session was open/,
  )
  expect(await refusal('scripts/topics.ts', { KAFKA_BROKERS: address })).toMatch(/correct KAFKA_BROKERS/)
})

test.each([
  [{ KAFKA_BROKERS: '127.0.0.1:1' }, /ECONNREFUSED .*start Kafka there, or correct KAFKA_BROKERS/],
  [{ KAFKA_BROKERS: 'no.such.host.invalid:9092' }, /correct the host in KAFKA_BROKERS/],
  [{ KAFKA_TOPIC: 'three-copies', KAFKA_REPLICATION_FACTOR: '3' }, /KAFKA_REPLICATION_FACTOR/],
])('npm run topics answers %o in one line', async (wrong, said) => {
  expect(await refusal('scripts/topics.ts', { ...inject('stackEnvironment'), ...wrong })).toMatch(said)
})

test('a worker says that Postgres refuses it, and goes on once the password is mended on the server', async () => {
  const user = await createLockedUser({ demands: 'password' })
  const { environment, start } = await createDeployment()
  const DATABASE_URL = user.urlOf(environment['DATABASE_URL'] ?? '', 'new-password')
  const worker = start('worker/main.ts', { DATABASE_URL })
  const ready = await eventually(() => {
    expect(worker.log()).toContainEqual(
      expect.objectContaining({ 'log.level': 'error', message: expect.stringMatching('refuses') as string }),
    )
    const running = worker.log().find(({ message }) => message === 'worker is running')
    if (running === undefined) throw new Error('it does not run yet')
    return `http://${HOST}:${String(running['server.port'])}/ready`
  })
  const refused = await fetch(ready)
  expect(refused.status).toBe(503)
  expect(await refused.json()).toMatchObject({
    ready: false,
    parts: { postgres: { ok: false, message: expect.any(String) as string }, kafka: { ok: true } },
    problems: null,
  })
  await user.setPassword('new-password')
  await eventually(async () => {
    expect((await fetch(ready)).status).toBe(200)
  })
  expect(JSON.stringify(worker.log())).not.toContain('new-password')
})

test('a worker says which setting to mend when Temporal is not there', async () => {
  const { start } = await createDeployment()
  const away = start('worker/main.ts', { TEMPORAL_ADDRESS: '127.0.0.1:1' })
  const unknown = start('worker/main.ts', { TEMPORAL_NAMESPACE: 'nothere' })
  await eventually(() => {
    expect(JSON.stringify(away.log())).toMatch(/correct TEMPORAL_ADDRESS/)
    expect(JSON.stringify(unknown.log())).toMatch(/correct TEMPORAL_NAMESPACE/)
  })
})

test('variables that look like misspelt settings are said, once each', async () => {
  const { said } = await answerOf('scripts/migrate.ts', {
    DATABASE_URL: inject('databaseUrl'),
    KAFKA_BROKER: 'a:1',
  })
  expect(said.match(/did you mean KAFKA_BROKERS\?/g)).toHaveLength(1)
})
