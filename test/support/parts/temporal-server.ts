import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Connection } from '@temporalio/client'
import { onTestFinished } from 'vitest'
import type { CertificateAuthority, Leaf } from '../../../stack/parts/certificates.ts'
import { freePort, HOST } from '../../../stack/processes/ports.ts'
import { startProcess } from '../../../stack/processes/process.ts'
import { untilReady } from '../../../stack/processes/until-ready.ts'
import { goInstall } from './go-programs.ts'
import { logsIn, ownFolder } from './own-folder.ts'

const VERSION = 'v1.32.2'
const SERVICES = ['frontend', 'internal-frontend', 'history', 'matching', 'worker']
const START_TIMEOUT_MS = 60_000

/** The server itself, of which the development server is a part; built once, which takes minutes. Returns its program. */
export const buildTemporalServer = async (): Promise<string> =>
  join(await goInstall('temporal-server', 'go.temporal.io/server/cmd/server', VERSION), 'server')

/**
 * A Temporal server with mTLS on all wires and its default authorizer, which takes JSON Web Tokens whose claim `permissions`
 * has lines such as default:write. It keeps its data in memory, for the time of the test.
 * @param keysUrl where the keys that sign the tokens are, as JSON Web Key Set
 * @returns its address
 */
export async function startTemporalServer(
  ca: CertificateAuthority,
  leaf: Leaf,
  keysUrl: string,
  options: { connect: (address: string) => Promise<Connection> },
): Promise<string> {
  const binary = await buildTemporalServer()
  const folder = ownFolder()
  const ports = await Promise.all(SERVICES.flatMap(() => [freePort(0), freePort(0)]))
  const config = configOf(ca, leaf, keysUrl, ports)
  mkdirSync(join(folder, 'config'))
  // JSON is YAML.
  writeFileSync(join(folder, 'config', 'test.yaml'), JSON.stringify(config))
  const logFile = join(logsIn(folder), 'temporal-server.log')
  const running = startProcess({
    name: 'Temporal server',
    command: binary,
    args: [
      ...['--root', folder, '--config', 'config', '--env', 'test', '--allow-no-auth', 'start'],
      ...SERVICES.flatMap((service) => ['--service', service]),
    ],
    logFile,
    bookFolder: folder,
  })
  onTestFinished(() => running.stop('SIGKILL', 0))
  const address = `localhost:${ports[0] ?? 0}`
  await untilReady(running, logFile, START_TIMEOUT_MS, async () => {
    const connection = await options.connect(address)
    await connection.workflowService.getSystemInfo({}).finally(() => connection.close())
  })
  return address
}

/** @param ports two of each service: for gRPC, and for finding each other */
function configOf(ca: CertificateAuthority, leaf: Leaf, keysUrl: string, ports: number[]) {
  const server = { certFile: leaf.cert, keyFile: leaf.key, clientCaFiles: [ca.file], requireClientAuth: true }
  const client = { serverName: 'localhost', rootCaFiles: [ca.file] }
  const store = (databaseName: string) => ({
    sql: {
      ...{ pluginName: 'sqlite', databaseName, connectAddr: HOST, connectProtocol: 'tcp' },
      connectAttributes: { mode: 'memory', cache: 'private' },
      ...{ maxConns: 1, maxIdleConns: 1, maxConnLifetime: '1h' },
    },
  })
  const services = SERVICES.map((name, place) => [
    name,
    { rpc: { grpcPort: ports[2 * place], membershipPort: ports[2 * place + 1], bindOnIP: HOST } },
  ])
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      ...{ defaultStore: 'default', visibilityStore: 'visibility', numHistoryShards: 1 },
      datastores: { default: store('default'), visibility: store('visibility') },
    },
    global: {
      membership: { maxJoinDuration: '30s', broadcastAddress: HOST },
      tls: { internode: { server, client }, frontend: { server, client } },
      authorization: {
        jwtKeyProvider: { keySourceURIs: [keysUrl], refreshInterval: '1m' },
        ...{ permissionsClaimName: 'permissions', authorizer: 'default', claimMapper: 'default' },
      },
    },
    services: Object.fromEntries(services) as object,
    clusterMetadata: {
      ...{ enableGlobalNamespace: false, failoverVersionIncrement: 10 },
      ...{ masterClusterName: 'active', currentClusterName: 'active' },
      clusterInformation: {
        active: {
          ...{ enabled: true, initialFailoverVersion: 1, rpcName: 'frontend' },
          rpcAddress: `${HOST}:${ports[0] ?? 0}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
  }
}
