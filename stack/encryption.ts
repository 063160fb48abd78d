import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { databaseRoles, signingRoles } from '../db/roles/roles.ts'
import { createAuthority, keyAndCertificate } from './parts/certificates.ts'
import type { KafkaSecurity } from './parts/kafka-security.ts'
import { ownedByServer, type PostgresSecurity, tlsSettings } from './parts/postgres-security.ts'
import { startTlsProxy, type TlsProxy } from './parts/tls-proxy.ts'
import { HOST } from './processes/ports.ts'

/** Certificates of a stack on loopback, made anew at each start, and what each part is to do with them. */
export type Encryption = {
  kafka: KafkaSecurity
  postgres: PostgresSecurity & { parameters: Record<string, string> }
  /** Puts TLS before Temporal's development server, which has none. */
  proxyTemporal: (target: number, port: number) => Promise<TlsProxy>
  /** Variables with which Rollcall speaks to the parts, beside their addresses, and serves HTTPS itself. */
  environment: Record<string, string>
}

/** Only who has a certificate of its user's name comes in. */
const RULES = `hostssl all all all cert
hostssl replication rollcall all cert
`

/** @param folder gets the files */
export async function prepareEncryption(folder: string): Promise<Encryption> {
  mkdirSync(folder, { recursive: true })
  const ca = await createAuthority(folder, 'ca')
  const server = await ca.issue('server', { name: 'rollcall-stack', dns: ['localhost'], ips: [HOST] })
  const client = await ca.issue('rollcall', { name: 'rollcall' })
  // The roles of Postgres find theirs beside it (as-role.ts).
  for (const role of signingRoles) await ca.issue(databaseRoles[role], { name: databaseRoles[role] })
  const keystore = join(folder, 'kafka.pem')
  writeFileSync(keystore, keyAndCertificate(server), { mode: 0o600 })
  const kafkaClient = {
    KAFKA_TLS: 'true',
    KAFKA_TLS_CA_FILE: ca.file,
    KAFKA_TLS_CERT_FILE: client.cert,
    KAFKA_TLS_KEY_FILE: client.key,
  }
  const [rootcert, cert, key] = [ca.file, client.cert, client.key].map((file) => ownedByServer(folder, file))
  return {
    kafka: {
      protocol: 'SSL',
      settings: {
        'listener.security.protocol.map': 'SSL:SSL,CONTROLLER:SSL',
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.location': keystore,
        'ssl.truststore.type': 'PEM',
        'ssl.truststore.location': ca.file,
        'ssl.client.auth': 'required',
      },
      users: [],
      client: kafkaClient,
    },
    postgres: {
      settings: tlsSettings(folder, server, ca.file, RULES),
      replication: `sslmode=verify-full sslrootcert='${rootcert}' sslcert='${cert}' sslkey='${key}'`,
      parameters: { sslmode: 'verify-full', sslrootcert: ca.file, sslcert: client.cert, sslkey: client.key },
    },
    proxyTemporal: (target, port) => startTlsProxy(target, port, server, ca),
    environment: {
      ...kafkaClient,
      TEMPORAL_TLS: 'true',
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: ca.file,
      TEMPORAL_TLS_CLIENT_CERT_PATH: client.cert,
      TEMPORAL_TLS_CLIENT_KEY_PATH: client.key,
      API_TLS_CERT_FILE: server.cert,
      API_TLS_KEY_FILE: server.key,
      WORKER_TLS_CERT_FILE: server.cert,
      WORKER_TLS_KEY_FILE: server.key,
    },
  }
}
