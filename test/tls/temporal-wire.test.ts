import { randomUUID } from 'node:crypto'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import type { Logger } from 'pino'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import { findOutage } from '../../api/sources/temporal-access.ts'
import { checkTemporal } from '../../scripts/check-temporal.ts'
import { loadConfig } from '../../config/config.ts'
import { lazyTemporal, nativeOptions } from '../../temporal/connect.ts'
import type { Connections } from '../../worker/connections.ts'
import { followTemporalFiles } from '../../worker/temporal-files.ts'
import { eventually } from '../support/eventually.ts'
import { openFolder } from '../support/parts/own-folder.ts'
import { createAuthority, type Leaf, type CertificateAuthority } from '../../stack/parts/certificates.ts'
import { startTlsProxy, type TlsProxy } from '../../stack/parts/tls-proxy.ts'
import { startApiKeyProxy } from '../support/tls/api-key-proxy.ts'

const KEY = 'sesame-of-temporal'
type Environment = Record<string, string>

let folder: string
let close: () => void
let ca: CertificateAuthority
let otherCa: CertificateAuthority
const leaves: Record<string, Leaf> = {}
const proxies: Record<string, TlsProxy> = {}
let allowed = KEY

beforeAll(async () => {
  ;({ folder, close } = openFolder())
  ca = await createAuthority(folder, 'ca')
  otherCa = await createAuthority(folder, 'other-ca')
  const target = inject('stackEnvironment')['TEMPORAL_ADDRESS'] ?? ''
  const issue = async (name: string, options: Parameters<CertificateAuthority['issue']>[1]) =>
    (leaves[name] = await ca.issue(name.replaceAll(' ', '-'), options))
  const server = await issue('server', { name: 'temporal', dns: ['localhost', 'temporal.test'] })
  await issue('client', { name: 'worker' })
  await issue('expired client', { name: 'worker', valid: 'expired' })
  leaves['client of another CA'] = await otherCa.issue('other-client', { name: 'worker' })
  const port = Number(target.split(':')[1])
  proxies['mutual'] = await startTlsProxy(port, 0, server, ca)
  proxies['key'] = await startApiKeyProxy(target, server, (key) => key === allowed)
  for (const [name, options] of Object.entries({
    expired: { name: 'temporal', dns: ['localhost'], valid: 'expired' as const },
    'not yet': { name: 'temporal', dns: ['localhost'], valid: 'not yet' as const },
    elsewhere: { name: 'temporal', dns: ['elsewhere.test'] },
  }))
    proxies[name] = await startTlsProxy(port, 0, await issue(name, options))
})

afterAll(() => {
  for (const proxy of Object.values(proxies)) proxy.close()
  close()
})

const at = (proxy: string): Environment => ({ TEMPORAL_ADDRESS: `localhost:${proxies[proxy]?.port ?? 0}` })
const tls = (): Environment => ({ TEMPORAL_TLS: 'true', TEMPORAL_TLS_SERVER_CA_CERT_PATH: ca.file })
const clientFiles = (name: string): Environment => ({
  TEMPORAL_TLS_CLIENT_CERT_PATH: leaves[name]?.cert ?? '',
  TEMPORAL_TLS_CLIENT_KEY_PATH: leaves[name]?.key ?? '',
})
const mutual = () => ({ ...at('mutual'), ...tls(), ...clientFiles('client') })
const withKey = (key = KEY) => ({ ...at('key'), ...tls(), TEMPORAL_API_KEY: key })

describe('who may, does, with the connections of clients and of workers', () => {
  test.each([
    ['a client certificate', mutual],
    ['an API key', withKey],
    ['a name that is set', () => ({ ...mutual(), TEMPORAL_TLS_SERVER_NAME: 'temporal.test' })],
  ])('%s', async (_, environment) => {
    const { temporal } = loadConfig(environment())
    await checkTemporal(temporal)
    const native = await NativeConnection.connect(nativeOptions(temporal))
    onTestFinished(() => native.close())
    expect(await native.workflowService.describeNamespace({ namespace: 'default' })).toBeDefined()
  })
})

describe('what is wrong is refused, and the message names the setting', () => {
  test.each<[string, () => Environment, RegExp]>([
    [
      'a CA that did not issue the certificate',
      () => ({ ...mutual(), TEMPORAL_TLS_SERVER_CA_CERT_PATH: otherCa.file }),
      /no CA of TEMPORAL_TLS_SERVER_CA_CERT_PATH/,
    ],
    [
      'no CA',
      () => ({ ...mutual(), TEMPORAL_TLS_SERVER_CA_CERT_PATH: '' }),
      /set TEMPORAL_TLS_SERVER_CA_CERT_PATH/,
    ],
    [
      'a file that is not there',
      () => ({ ...mutual(), TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere' }),
      /TEMPORAL_TLS_CLIENT_CERT_PATH names a file that cannot be read/,
    ],
    ['another host', () => ({ ...tls(), ...at('elsewhere') }), /not for the host in TEMPORAL_ADDRESS/],
    [
      'another name',
      () => ({ ...mutual(), TEMPORAL_TLS_SERVER_NAME: 'other.test' }),
      /not for the name that is set: set TEMPORAL_TLS_SERVER_NAME/,
    ],
    [
      'an expired certificate',
      () => ({ ...tls(), ...at('expired') }),
      /server of TEMPORAL_ADDRESS has expired/,
    ],
    [
      'a certificate of later',
      () => ({ ...tls(), ...at('not yet') }),
      /server of TEMPORAL_ADDRESS is not valid yet/,
    ],
    [
      'no client certificate',
      () => ({ ...tls(), ...at('mutual') }),
      /set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH/,
    ],
    [
      'an expired client certificate',
      () => ({ ...mutual(), ...clientFiles('expired client') }),
      /TEMPORAL_TLS_CLIENT_CERT_PATH/,
    ],
    [
      "another CA's client certificate",
      () => ({ ...mutual(), ...clientFiles('client of another CA') }),
      /TEMPORAL_TLS_CLIENT_CERT_PATH/,
    ],
    [
      'plaintext in place of TLS',
      () => ({ ...mutual(), TEMPORAL_ADDRESS: inject('stackEnvironment')['TEMPORAL_ADDRESS'] ?? '' }),
      /does not speak TLS: correct TEMPORAL_ADDRESS/,
    ],
    ['TLS in place of plaintext', () => at('key'), /set TEMPORAL_TLS=true/],
    ['a wrong API key', () => withKey('guess'), /correct TEMPORAL_API_KEY/],
    ['no API key', () => ({ ...at('key'), ...tls() }), /set TEMPORAL_API_KEY/],
  ])('%s', async (_, environment, said) => {
    const { temporal } = loadConfig(environment())
    const connection = lazyTemporal(temporal)
    onTestFinished(() => connection.close())
    const readWorkerReport = () => Promise.reject(new Error('nobody asks'))
    const message = await findOutage({ client: new Client({ connection }), temporal, readWorkerReport })
    expect(message).toMatch(said)
    expect(message).not.toMatch(/sesame|guess/)
  })
})

test('an API key that changes in its file counts for the next request', async () => {
  const file = join(folder, 'key')
  writeFileSync(file, `${KEY}\n`)
  const { temporal } = loadConfig({ ...at('key'), ...tls(), TEMPORAL_API_KEY_FILE: file })
  const connection = lazyTemporal(temporal)
  onTestFinished(() => connection.close())
  const ask = () =>
    connection.withDeadline(Date.now() + 5_000, () => connection.workflowService.getSystemInfo({}))
  await ask()
  onTestFinished(() => {
    allowed = KEY
  })
  allowed = 'another'
  await expect(ask()).rejects.toThrow()
  writeFileSync(file, 'another\n')
  expect(await ask()).toBeDefined()
})

test("a worker's connection is replaced when its files change, and kept if there is none with them", async () => {
  const file = join(folder, 'worker-key')
  writeFileSync(file, KEY)
  const { temporal } = loadConfig({ ...at('key'), ...tls(), TEMPORAL_API_KEY_FILE: file })
  const first = await NativeConnection.connect(nativeOptions(temporal))
  const connections = { native: first } as Connections
  const log = { info: vi.fn(), error: vi.fn() }
  const end = followTemporalFiles(temporal, [], connections, log as unknown as Logger, 20)
  onTestFinished(async () => {
    end()
    allowed = KEY
    await connections.native.close()
  })
  writeFileSync(file, 'guess')
  await eventually(() => {
    expect(log.error).toHaveBeenCalled()
  })
  expect(JSON.stringify(log.error.mock.calls)).toMatch(/refuses the request .*correct TEMPORAL_API_KEY_FILE/)
  expect(connections.native).toBe(first)
  allowed = 'another'
  writeFileSync(file, 'another')
  await eventually(() => {
    expect(connections.native).not.toBe(first)
  })
  expect(await connections.native.workflowService.getSystemInfo({})).toBeDefined()
  expect(JSON.stringify([log.info.mock.calls, log.error.mock.calls])).not.toMatch(/sesame|guess|another/)
})

test('a worker that polls goes on with the certificate of its changed files, where the one before is refused', async () => {
  const [cert, key] = [join(folder, 'polling.crt'), join(folder, 'polling.key')]
  const use = (name: string) => {
    copyFileSync(leaves[name]?.cert ?? '', cert)
    copyFileSync(leaves[name]?.key ?? '', key)
  }
  const { TEMPORAL_ADDRESS = '', WORKFLOW_BUNDLE = '' } = inject('stackEnvironment')
  const serve = (port: number, clients: CertificateAuthority) =>
    startTlsProxy(Number(TEMPORAL_ADDRESS.split(':')[1]), port, leaves['server'] ?? expect.fail(), clients)
  const before = await serve(0, ca)
  use('client')
  const { temporal } = loadConfig({
    ...{ ...tls(), TEMPORAL_ADDRESS: `localhost:${before.port}` },
    ...{ TEMPORAL_TLS_CLIENT_CERT_PATH: cert, TEMPORAL_TLS_CLIENT_KEY_PATH: key },
  })
  const taskQueue = randomUUID()
  const first = await NativeConnection.connect(nativeOptions(temporal))
  const worker = await Worker.create({
    ...{ connection: first, taskQueue, workflowBundle: { codePath: WORKFLOW_BUNDLE } },
    activities: {
      applyRetention: () => Promise.resolve({ droppedDays: [], deletedMinuteRows: 0, indexesMade: 0 }),
    },
  })
  const connections = { native: first } as Connections
  const log = { info: vi.fn(), error: vi.fn() }
  const end = followTemporalFiles(temporal, [worker], connections, log as unknown as Logger, 20)
  const running = worker.run()
  const direct = await Connection.connect({ address: TEMPORAL_ADDRESS })
  const retain = () =>
    new Client({ connection: direct }).workflow.execute('applyRetention', {
      taskQueue,
      workflowId: randomUUID(),
    })
  await retain()
  before.close()
  const after = await serve(before.port, otherCa)
  onTestFinished(async () => {
    end()
    worker.shutdown()
    await running
    after.close()
    await Promise.all([connections.native.close(), direct.close()])
  })
  use('client of another CA')
  expect(await retain()).toMatchObject({ indexesMade: 0 })
  expect(connections.native).not.toBe(first)
})

test('the certificates of a client that change in their files count for its next connection', async () => {
  const [cert, key] = [join(folder, 'turned.crt'), join(folder, 'turned.key')]
  const use = (name: string) => {
    copyFileSync(leaves[name]?.cert ?? '', cert)
    copyFileSync(leaves[name]?.key ?? '', key)
  }
  use('client of another CA')
  const { temporal } = loadConfig({
    ...mutual(),
    ...{ TEMPORAL_TLS_CLIENT_CERT_PATH: cert, TEMPORAL_TLS_CLIENT_KEY_PATH: key },
  })
  const connection = lazyTemporal(temporal, 20)
  onTestFinished(() => connection.close())
  const ask = () =>
    connection.withDeadline(Date.now() + 500, () => connection.workflowService.getSystemInfo({}))
  await expect(ask()).rejects.toThrow()
  use('client')
  expect(await eventually(ask)).toBeDefined()
})
