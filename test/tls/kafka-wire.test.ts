import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../config/config.ts'
import { createKafka } from '../../kafka/client.ts'
import { classingKafka } from '../../kafka/failure.ts'
import { createCluster } from '../../kafka/kafkajs-internals.ts'
import { createTopicOffsets } from '../../kafka/topics/topic-offsets.ts'
import { readTopicMetadata } from '../../kafka/topics/topic-metadata.ts'
import { ensureTopics } from '../../kafka/topics/topics.ts'
import { HOST } from '../../stack/processes/ports.ts'
import { openFolder } from '../support/parts/own-folder.ts'
import { listen, readLeaf } from '../support/tls/listening.ts'
import { type SecuredBroker, SESSION_MS, startSecuredBroker } from '../support/tls/secured-broker.ts'
import { createAuthority, type Leaf, type CertificateAuthority } from '../../stack/parts/certificates.ts'
import { startTokenIssuer, type TokenIssuer } from '../support/tls/token-issuer.ts'

const PASSWORD = 'sesame-of-kafka'
const SECRET = 'sesame-of-tokens'
type Environment = Record<string, string>

let folder: string
let close: () => void
let broker: SecuredBroker
let tokens: TokenIssuer
let ca: CertificateAuthority
let otherCa: CertificateAuthority
const leaves: Record<string, Leaf> = {}

beforeAll(async () => {
  ;({ folder, close } = openFolder())
  ca = await createAuthority(folder, 'ca')
  otherCa = await createAuthority(folder, 'other-ca')
  leaves['client'] = await ca.issue('client', { name: 'worker' })
  leaves['expired client'] = await ca.issue('expired-client', { name: 'worker', valid: 'expired' })
  leaves['client of another CA'] = await otherCa.issue('other-client', { name: 'worker' })
  leaves['expired'] = await ca.issue('expired', { name: 'broker', ips: [HOST], valid: 'expired' })
  leaves['not yet'] = await ca.issue('not-yet', { name: 'broker', ips: [HOST], valid: 'not yet' })
  leaves['elsewhere'] = await ca.issue('elsewhere', { name: 'broker', dns: ['elsewhere.test'] })
  tokens = await startTokenIssuer(await ca.issue('issuer', { name: 'issuer', ips: [HOST] }), {
    id: 'rollcall',
    secret: SECRET,
  })
  broker = await startSecuredBroker(folder, ca, tokens, { name: 'worker', password: PASSWORD })
})

afterAll(async () => {
  tokens.close()
  await broker.stop()
  close()
})

const tls = (): Environment => ({ KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: ca.file })
const clientFiles = (name: string): Environment => ({
  KAFKA_TLS_CERT_FILE: leaves[name]?.cert ?? '',
  KAFKA_TLS_KEY_FILE: leaves[name]?.key ?? '',
})
const withPassword = (mechanism: string, password = PASSWORD): Environment => ({
  KAFKA_SASL_MECHANISM: mechanism,
  KAFKA_SASL_USERNAME: 'worker',
  KAFKA_SASL_PASSWORD: password,
})
const withToken = (more: Environment = {}): Environment => ({
  KAFKA_SASL_MECHANISM: 'OAUTHBEARER',
  KAFKA_OAUTHBEARER_TOKEN_ENDPOINT_URL: tokens.url,
  KAFKA_OAUTHBEARER_CA_FILE: ca.file,
  KAFKA_OAUTHBEARER_CLIENT_ID: 'rollcall',
  KAFKA_OAUTHBEARER_CLIENT_SECRET: SECRET,
  ...more,
})
const scram = () => ({ KAFKA_BROKERS: broker.addresses.scram, ...tls(), ...withPassword('SCRAM-SHA-512') })
const scram256 = () => ({
  ...{ KAFKA_BROKERS: broker.addresses.oauth, ...tls(), ...withPassword('SCRAM-SHA-256') },
})
const mutual = () => ({ KAFKA_BROKERS: broker.addresses.mutual, ...tls(), ...clientFiles('client') })
const oauth = () => ({ KAFKA_BROKERS: broker.addresses.oauth, ...tls(), ...withToken() })

/** Reads the log of a topic, as a probe and every slice do. */
async function readTopic(environment: Environment, topic = 'user-login'): Promise<unknown> {
  const offsets = createTopicOffsets(loadConfig(environment).kafka, 'test')
  try {
    return await offsets.read(topic)
  } finally {
    await offsets.close()
  }
}

/** What a single attempt says. */
async function refusal(environment: Environment): Promise<string> {
  const admin = createKafka(loadConfig(environment).kafka, 'test').admin({ retry: { retries: 0 } })
  onTestFinished(() => admin.disconnect())
  const attempt = classingKafka(async () => {
    await admin.connect()
    await admin.listTopics()
  })
  const said = await attempt.then(
    () => 'no refusal',
    (error: unknown) => String(error),
  )
  expect(said).not.toContain(PASSWORD)
  expect(said).not.toContain(SECRET)
  return said
}

/** A server with another certificate than the broker's. */
async function serverWith(leaf: string): Promise<string> {
  const server = createServer(readLeaf(leaves[leaf] as Leaf), (socket) => socket.on('error', () => undefined))
  onTestFinished(() => {
    server.close()
  })
  return `${HOST}:${await listen(server)}`
}

describe('who may, does', () => {
  test.each([
    ['SCRAM-SHA-512 over TLS', scram],
    ['SCRAM-SHA-256 over TLS', scram256],
    ['PLAIN over TLS', () => ({ ...scram(), ...withPassword('PLAIN') })],
    ['a client certificate', mutual],
    ['a token of the client credentials grant', oauth],
    [
      'the name localhost',
      () => ({ ...scram(), KAFKA_BROKERS: broker.addresses.scram.replace(HOST, 'localhost') }),
    ],
    ['a name that is set', () => ({ ...scram(), KAFKA_TLS_SERVER_NAME: 'localhost' })],
  ])('%s', async (_, environment) => {
    const { kafka } = loadConfig(environment())
    await ensureTopics(kafka)
    expect(await readTopic(environment())).toHaveLength(4)
  })

  test('a transaction over TLS is written and read whole, however large', async () => {
    const { kafka: config } = loadConfig(scram())
    await ensureTopics(config)
    const producer = createKafka(config, 'test').producer({
      transactionalId: 'wire',
      idempotent: true,
      maxInFlightRequests: 1,
    })
    await producer.connect()
    onTestFinished(() => producer.disconnect())
    const transaction = await producer.transaction()
    const value = Buffer.alloc(700_000, 'x')
    await transaction.send({
      topic: config.topic,
      messages: [
        { partition: 0, value },
        { partition: 0, value: 'end' },
      ],
    })
    await transaction.commit()
    const consumer = createKafka(config, 'test').consumer({ groupId: 'wire' })
    await consumer.connect()
    onTestFinished(() => consumer.disconnect())
    await consumer.subscribe({ topic: config.topic, fromBeginning: true })
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const lengths: number[] = []
    await consumer.run({
      eachMessage: ({ message }) => {
        lengths.push(message.value?.length ?? 0)
        if (lengths.length === 2) resolve(undefined)
        return Promise.resolve()
      },
    })
    await promise
    expect(lengths).toEqual([700_000, 3])
  })

  test('a session that the broker ends after a time signs in again on the same connection, for our own requests and for those of kafkajs', async () => {
    const { kafka: config } = loadConfig(scram256())
    await ensureTopics(config)
    const kafka = createKafka(config, 'test')
    const cluster = createCluster(kafka)
    onTestFinished(() => cluster.disconnect())
    await cluster.connect()
    await cluster.addMultipleTargetTopics([config.topic])
    const broker = await cluster.findControllerBroker()
    const { socket } = await broker.connectionPool.getConnectionByRequest({ request: { apiKey: 0 } })
    const producer = kafka.producer({ transactionalId: 'session', idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    onTestFinished(() => producer.disconnect())
    const until = performance.now() + SESSION_MS * 1.5
    while (performance.now() < until) {
      await readTopicMetadata(broker, config.topic)
      const transaction = await producer.transaction()
      await transaction.send({ topic: config.topic, messages: [{ value: 'x' }] })
      await transaction.commit()
    }
    const { socket: latest } = await broker.connectionPool.getConnectionByRequest({ request: { apiKey: 0 } })
    expect(latest).toBe(socket)
    expect(socket.destroyed).toBe(false)
  })

  test('callers share a token until it is about to expire', async () => {
    const before = tokens.given()
    const offsets = createTopicOffsets(loadConfig(oauth()).kafka, 'test')
    await Promise.all([offsets.read('user-login'), offsets.read('user-login')])
    await offsets.close()
    expect(tokens.given() - before).toBe(1)
  })
})

describe('what is wrong is refused, and the message names the setting', () => {
  test.each<[string, () => Environment | Promise<Environment>, RegExp]>([
    [
      'a CA that did not issue the certificate',
      () => ({ ...scram(), KAFKA_TLS_CA_FILE: otherCa.file }),
      /no CA of KAFKA_TLS_CA_FILE/,
    ],
    ['no CA', () => ({ ...scram(), KAFKA_TLS_CA_FILE: '' }), /set KAFKA_TLS_CA_FILE/],
    [
      'a CA file that is none',
      () => ({ ...scram(), KAFKA_TLS_CA_FILE: leaves['client']?.key ?? '' }),
      /KAFKA_TLS_CA_FILE must name a PEM file/,
    ],
    [
      'a file that is not there',
      () => ({ ...mutual(), KAFKA_TLS_CERT_FILE: '/nowhere' }),
      /KAFKA_TLS_CERT_FILE names a file that cannot be read/,
    ],
    [
      "another certificate's key",
      () => ({ ...mutual(), KAFKA_TLS_KEY_FILE: leaves['expired client']?.key ?? '' }),
      /the key of KAFKA_TLS_KEY_FILE is not that/,
    ],
    [
      'another host',
      async () => ({ ...scram(), KAFKA_BROKERS: await serverWith('elsewhere') }),
      /not for the host in KAFKA_BROKERS: .*set KAFKA_TLS_SERVER_NAME/,
    ],
    [
      'another name',
      () => ({ ...scram(), KAFKA_TLS_SERVER_NAME: 'other.test' }),
      /not for the name that is set: set KAFKA_TLS_SERVER_NAME/,
    ],
    [
      'an expired certificate',
      async () => ({ ...scram(), KAFKA_BROKERS: await serverWith('expired') }),
      /server of KAFKA_BROKERS has expired/,
    ],
    [
      'a certificate of later',
      async () => ({ ...scram(), KAFKA_BROKERS: await serverWith('not yet') }),
      /server of KAFKA_BROKERS is not valid yet/,
    ],
    [
      'no client certificate',
      () => ({ ...tls(), KAFKA_BROKERS: broker.addresses.mutual }),
      /set KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE/,
    ],
    [
      'an expired client certificate',
      () => ({ ...mutual(), ...clientFiles('expired client') }),
      /KAFKA_TLS_CERT_FILE .*expired/,
    ],
    [
      "another CA's client certificate",
      () => ({ ...mutual(), ...clientFiles('client of another CA') }),
      /KAFKA_TLS_CERT_FILE/,
    ],
    [
      'plaintext in place of TLS',
      () => ({ ...scram(), KAFKA_BROKERS: broker.addresses.plaintext }),
      /does not speak TLS: correct KAFKA_BROKERS/,
    ],
    ['TLS in place of plaintext', () => ({ KAFKA_BROKERS: broker.addresses.scram }), /set KAFKA_TLS=true/],
    [
      'a wrong password',
      () => ({ ...scram(), ...withPassword('SCRAM-SHA-512', 'guess') }),
      /correct KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD/,
    ],
    [
      'a wrong password for PLAIN',
      () => ({ ...scram(), ...withPassword('PLAIN', 'guess') }),
      /correct KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD/,
    ],
    [
      'a mechanism that the broker does not have',
      () => ({ ...scram(), ...withPassword('SCRAM-SHA-256') }),
      /KAFKA_SASL_MECHANISM/,
    ],
    ['no sign-in', () => ({ ...tls(), KAFKA_BROKERS: broker.addresses.scram }), /KAFKA_SASL_MECHANISM/],
    [
      'a token for somebody else',
      () => ({ ...oauth(), KAFKA_OAUTHBEARER_SCOPE: 'wrong-audience' }),
      /audience the broker expects/,
    ],
    [
      'a wrong client secret',
      () => ({ ...oauth(), KAFKA_OAUTHBEARER_CLIENT_SECRET: 'guess' }),
      /invalid_client.*KAFKA_OAUTHBEARER_CLIENT_SECRET/,
    ],
    [
      'a CA that did not issue the certificate of the token endpoint',
      () => ({ ...oauth(), KAFKA_OAUTHBEARER_CA_FILE: otherCa.file }),
      /KAFKA_OAUTHBEARER_CA_FILE/,
    ],
  ])('%s', async (_, environment, said) => {
    expect(await refusal(await environment())).toMatch(said)
  })
})

test('a password and a client certificate that change in their files count from the next connection on', async () => {
  const password = join(folder, 'password')
  const [cert, key] = [join(folder, 'turned.crt'), join(folder, 'turned.key')]
  writeFileSync(password, 'guess\n')
  const copy = (name: string) => {
    writeFileSync(cert, readFileSync(leaves[name]?.cert ?? ''))
    writeFileSync(key, readFileSync(leaves[name]?.key ?? ''))
  }
  copy('expired client')
  const byPassword = { ...scram(), KAFKA_SASL_PASSWORD: '', KAFKA_SASL_PASSWORD_FILE: password }
  const byCertificate = { ...mutual(), KAFKA_TLS_CERT_FILE: cert, KAFKA_TLS_KEY_FILE: key }
  const clients = [byPassword, byCertificate].map((environment) =>
    createTopicOffsets(loadConfig(environment).kafka, 'test'),
  )
  onTestFinished(async () => {
    for (const client of clients) await client.close()
  })
  for (const client of clients) await expect(client.read('user-login')).rejects.toThrow(/KAFKA_/)
  writeFileSync(password, `${PASSWORD}\n`)
  copy('client')
  for (const client of clients) expect(await client.read('user-login')).toHaveLength(4)
})
