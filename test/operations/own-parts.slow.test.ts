import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'
import { cloneWithPackages, userEnvironment } from '../support/parts/clone.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { createLockedUser } from '../support/parts/locked-user.ts'

test('npm start with parts of its own shows their passwords nowhere, and says a misspelt setting once', async () => {
  const clone = await cloneWithPackages()
  const { environment, secrets } = await lockedEnvironment()
  const npm = run(clone, ['start'], { ...environment, KAFKA_BROKER: 'a:1' })
  await eventually(() => {
    expect(npm.output()).toMatch(/Postgres +postgres:\/\/user_\w+@127/)
    expect(npm.output()).toMatch(/attempts \d+ /)
  })
  expect(npm.output().match(/did you mean KAFKA_BROKERS\?/g)).toHaveLength(1)
  const logs = join(clone, '.rollcall', 'log')
  const written = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'))
  for (const secret of secrets)
    expect([npm.output(), ...written].filter((text) => text.includes(secret))).toEqual([])
})

test('npm run stack keeps passwords in a file of its user', async () => {
  const clone = await cloneWithPackages()
  const { environment, secrets } = await lockedEnvironment()
  const npm = run(clone, ['run', 'stack'], environment)
  await eventually(() => {
    expect(npm.output()).toContain('Ctrl-C')
  })
  const file = join(clone, '.rollcall', 'environment')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  for (const secret of secrets) {
    expect(npm.output()).not.toContain(secret)
    expect(readFileSync(file, 'utf8')).toContain(secret)
  }
})

test.each([
  [{ TEMPORAL_ADDRESS: '127.0.0.1:1' }, /correct TEMPORAL_ADDRESS/],
  [{ TEMPORAL_NAMESPACE: 'nothere' }, /correct TEMPORAL_NAMESPACE/],
  [{ KAFKA_BROKERS: '127.0.0.1:1' }, /correct KAFKA_BROKERS/],
  [{ DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/d' }, /correct host and port of DATABASE_URL/],
])('npm start ends with one line when a part of its own is not there: %o', async (wrong, said) => {
  const clone = await cloneWithPackages()
  const { environment } = await createDeployment()
  const npm = run(clone, ['start'], { ...environment, ...wrong })
  expect(await npm.exited).toBe(1)
  expect(npm.output()).toMatch(said)
  expect(npm.output()).not.toMatch(/\n +at |secret/)
})

/** The run's parts, through a user whose password is in the URLs, once as a character that is to be encoded. */
async function lockedEnvironment() {
  const user = await createLockedUser({ demands: 'password' })
  const { environment } = await createDeployment()
  const { DATABASE_URL = '', DATABASE_REPLICA_URLS = '' } = environment
  await user.setPassword(`${user.password}@`)
  const password = `${user.password}%40`
  return {
    environment: {
      ...environment,
      DATABASE_URL: user.urlOf(DATABASE_URL, password),
      DATABASE_REPLICA_URLS: user.urlOf(DATABASE_REPLICA_URLS, password),
    },
    secrets: [user.password],
  }
}

function run(clone: string, args: string[], environment: Record<string, string>) {
  const child = spawn('npm', args, {
    cwd: clone,
    detached: true,
    env: {
      ...userEnvironment(),
      WORKFLOW_BUNDLE: inject('stackEnvironment')['WORKFLOW_BUNDLE'],
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const { promise: exited, resolve } = Promise.withResolvers<unknown>()
  child.once('exit', resolve)
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await exited
  })
  return { output: () => output, exited }
}
