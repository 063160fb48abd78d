import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createAuthority, type CertificateAuthority, type Leaf } from '../../stack/parts/certificates.ts'
import { HOST } from '../../stack/processes/ports.ts'
import { ingestTopicId, pauseUpdate, searchAttributes, statusQuery } from '../../workflows/contract.ts'
import { graphqlOf } from '../support/api/graphql-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { ownFolder } from '../support/parts/own-folder.ts'
import { BUILD_TIMEOUT_MS, whyNoGo } from '../support/parts/go-programs.ts'
import { buildTemporalServer, startTemporalServer } from '../support/parts/temporal-server.ts'

/** temporal.api.enums.v1.IndexedValueType */
const indexed = { KEYWORD: 2, INT: 3 } as const
const NAMESPACE = 'default'

const whyNot = whyNoGo()
describe.skipIf(whyNot !== null)(
  `a Temporal server with mTLS and its authorizer${whyNot === null ? '' : ` (${whyNot})`}`,
  () => {
    beforeAll(buildTemporalServer, BUILD_TIMEOUT_MS)

    test('Rollcall works by its token; who may only read sees and commands nothing, and who has no token sees nothing', async () => {
      const folder = ownFolder()
      const ca = await createAuthority(folder, 'ca')
      const leaf = await ca.issue('both', { name: 'temporal', dns: ['localhost'], ips: [HOST] })
      const tokens = await startTokens()
      const connect = (token: string | null) => (address: string) => connectAs(address, ca, leaf, token)
      const admin = await tokens.of('temporal-system:admin', `${NAMESPACE}:admin`)
      const address = await startTemporalServer(ca, leaf, tokens.keysUrl, { connect: connect(admin) })
      await registerNamespace(await connect(admin)(address))

      const keyFile = join(folder, 'token')
      writeFileSync(keyFile, await tokens.of(`${NAMESPACE}:write`))
      const deployment = await createDeployment({
        ...{ KAFKA_PARTITIONS: '1', TEMPORAL_ADDRESS: address, TEMPORAL_TLS: 'true' },
        TEMPORAL_TLS_SERVER_CA_CERT_PATH: ca.file,
        ...{ TEMPORAL_TLS_CLIENT_CERT_PATH: leaf.cert, TEMPORAL_TLS_CLIENT_KEY_PATH: leaf.key },
        TEMPORAL_API_KEY_FILE: keyFile,
      })
      deployment.start('worker/main.ts')
      const ask = await graphqlOf(deployment.start('api/main.ts'))
      const topicId = ingestTopicId(deployment.config.kafka.topic)
      await eventually(async () => {
        expect(await ask('{ ingestion { partitions { state } } }')).toEqual({
          ingestion: { partitions: [{ state: 'RUNNING' }] },
        })
      }, 60_000)
      const pause = 'mutation { pauseIngestion(reason: "by the API") { __typename } }'
      expect(await ask(pause)).toEqual({ pauseIngestion: { __typename: 'IngestionCommandSuccess' } })

      const reader = new Client({ connection: await connect(await tokens.of(`${NAMESPACE}:read`))(address) })
      const listed: string[] = []
      for await (const { workflowId } of reader.workflow.list()) listed.push(workflowId)
      expect(listed).toContain(topicId)
      expect(await reader.workflow.getHandle(topicId).query(statusQuery)).toMatchObject([{ state: 'paused' }])
      const refused = /unauthorized|permission/i
      for (const act of acts(reader, topicId)) expect(await answerTo(act)).toMatch(refused)
      const stranger = new Client({ connection: await connect(null)(address) })
      await expect(stranger.workflow.getHandle(topicId).query(statusQuery)).rejects.toThrow()
      for (const act of acts(stranger, topicId)) expect(await answerTo(act)).toMatch(refused)
      const rows = await deployment.sql`select command, reason from control_event`
      expect(rows).toEqual([{ command: 'pause', reason: 'by the API' }])
    })
  },
)

/** What Temporal says to it, with what is below the words of its client. */
async function answerTo(act: () => Promise<unknown>): Promise<string> {
  try {
    await act()
    return 'done'
  } catch (error) {
    return inWords(error)
  }
}

const inWords = (error: unknown): string =>
  error instanceof Error ? `${error.message} ${inWords(error.cause)}` : ''

/** What changes something, each by another request of Temporal. */
const acts = (client: Client, workflowId: string): (() => Promise<unknown>)[] => {
  const handle = client.workflow.getHandle(workflowId)
  return [
    () => handle.executeUpdate(pauseUpdate, { args: ['not allowed'] }),
    () => handle.signal('ask'),
    () => handle.terminate('not allowed'),
    () => handle.cancel(),
    () => client.workflow.start('replayBatch', { workflowId: 'mine', taskQueue: 'any', args: [{}] }),
    () =>
      client.workflowService.resetWorkflowExecution({
        namespace: NAMESPACE,
        workflowExecution: { workflowId },
        ...{ reason: 'not allowed', requestId: 'reset' },
      }),
  ]
}

async function connectAs(
  address: string,
  ca: CertificateAuthority,
  { cert, key }: Leaf,
  token: string | null,
): Promise<Connection> {
  const connection = await Connection.connect({
    address,
    tls: {
      serverRootCACertificate: readFileSync(ca.file),
      clientCertPair: { crt: readFileSync(cert), key: readFileSync(key) },
    },
    ...(token === null ? {} : { apiKey: token }),
    connectTimeout: '2s',
  })
  return connection
}

/** An issuer of tokens, with its keys as a JSON Web Key Set. */
async function startTokens() {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'test', alg: 'RS256', use: 'sig' }]
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }))
  })
  await new Promise<void>((listening) => server.listen(0, HOST, listening))
  onTestFinished(() => void server.close())
  return {
    keysUrl: `http://${HOST}:${(server.address() as AddressInfo).port}/keys`,
    of: (...permissions: string[]) =>
      new SignJWT({ permissions })
        .setProtectedHeader({ alg: 'RS256', kid: 'test' })
        .setSubject('test')
        .setExpirationTime('1h')
        .sign(privateKey),
  }
}

/** Registers the namespace with the search attributes of the workflows. */
async function registerNamespace({ workflowService, operatorService }: Connection): Promise<void> {
  await workflowService.registerNamespace({
    namespace: NAMESPACE,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  })
  const types = Object.entries(searchAttributes).map(([name, type]) => [name, indexed[type]])
  await eventually(() =>
    operatorService.addSearchAttributes({
      namespace: NAMESPACE,
      searchAttributes: Object.fromEntries(types) as Record<string, number>,
    }),
  )
}
