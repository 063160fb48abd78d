import type { z } from 'zod'
import type { ServerFiles } from '../tls/serve-tls.ts'
import type { TlsClient, TlsSettings } from '../tls/tls-client.ts'
import { type Secret, secretOf } from './secret.ts'
import type { settings } from './settings.ts'

type Environment = z.infer<typeof settings>

/** How Rollcall signs in at Kafka's brokers. */
export type Sasl =
  | { mechanism: 'SCRAM-SHA-512' | 'SCRAM-SHA-256' | 'PLAIN'; username: string; password: Secret }
  | { mechanism: 'OAUTHBEARER'; tokens: TokenClient }

/** Who asks for tokens, and where: the client credentials grant of OAuth 2.0 (RFC 6749, section 4.4). */
export type TokenClient = {
  endpoint: string
  clientId: string
  clientSecret: Secret
  scope: string | null
  tls: TlsClient
}

const kafkaNames: TlsSettings = {
  address: 'KAFKA_BROKERS',
  ca: 'KAFKA_TLS_CA_FILE',
  cert: 'KAFKA_TLS_CERT_FILE',
  key: 'KAFKA_TLS_KEY_FILE',
  otherName: 'set KAFKA_TLS_SERVER_NAME',
  off: 'set KAFKA_TLS=false',
}

export const kafkaTls = (env: Environment): TlsClient | null =>
  env.KAFKA_TLS
    ? {
        ca: env.KAFKA_TLS_CA_FILE ?? null,
        cert: env.KAFKA_TLS_CERT_FILE ?? null,
        key: env.KAFKA_TLS_KEY_FILE ?? null,
        serverName: env.KAFKA_TLS_SERVER_NAME ?? null,
        settings: kafkaNames,
      }
    : null

/** Complete, because the environment was checked (config/wire-contradictions.ts). */
export function kafkaSasl(env: Environment): Sasl | null {
  const mechanism = env.KAFKA_SASL_MECHANISM
  if (mechanism === 'none') return null
  if (mechanism === 'OAUTHBEARER') return { mechanism, tokens: tokenClient(env) }
  const password = secretOf('KAFKA_SASL_PASSWORD', env.KAFKA_SASL_PASSWORD, env.KAFKA_SASL_PASSWORD_FILE)
  return { mechanism, username: given(env.KAFKA_SASL_USERNAME), password: given(password) }
}

function tokenClient(env: Environment): TokenClient {
  const secret = secretOf(
    'KAFKA_OAUTHBEARER_CLIENT_SECRET',
    env.KAFKA_OAUTHBEARER_CLIENT_SECRET,
    env.KAFKA_OAUTHBEARER_CLIENT_SECRET_FILE,
  )
  const address = 'KAFKA_OAUTHBEARER_TOKEN_ENDPOINT_URL'
  return {
    endpoint: given(env.KAFKA_OAUTHBEARER_TOKEN_ENDPOINT_URL),
    clientId: given(env.KAFKA_OAUTHBEARER_CLIENT_ID),
    clientSecret: given(secret),
    scope: env.KAFKA_OAUTHBEARER_SCOPE ?? null,
    tls: {
      ca: env.KAFKA_OAUTHBEARER_CA_FILE ?? null,
      cert: null,
      key: null,
      serverName: null,
      settings: {
        address,
        ca: 'KAFKA_OAUTHBEARER_CA_FILE',
        cert: 'a client secret',
        key: 'no certificate',
        otherName: `change ${address}`,
        off: `correct ${address}`,
      },
    },
  }
}

export const temporalTls = (env: Environment): TlsClient | null =>
  env.TEMPORAL_TLS
    ? {
        ca: env.TEMPORAL_TLS_SERVER_CA_CERT_PATH ?? null,
        cert: env.TEMPORAL_TLS_CLIENT_CERT_PATH ?? null,
        key: env.TEMPORAL_TLS_CLIENT_KEY_PATH ?? null,
        serverName: env.TEMPORAL_TLS_SERVER_NAME ?? null,
        settings: {
          address: 'TEMPORAL_ADDRESS',
          ca: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
          cert: 'TEMPORAL_TLS_CLIENT_CERT_PATH',
          key: 'TEMPORAL_TLS_CLIENT_KEY_PATH',
          otherName: 'set TEMPORAL_TLS_SERVER_NAME',
          off: 'set TEMPORAL_TLS=false',
        },
      }
    : null

/** Providers have names of their own, and none is asked in plaintext but on loopback. */
export const providerTls = (ca: string | undefined): TlsClient => ({
  ca: ca ?? null,
  cert: null,
  key: null,
  serverName: null,
  settings: {
    address: 'OIDC_ISSUERS',
    ca: 'OIDC_CA_FILE',
    cert: 'a client secret',
    key: 'no certificate',
    otherName: 'change OIDC_ISSUERS',
    off: 'correct OIDC_ISSUERS',
  },
})

export const temporalApiKey = (env: Environment): Secret | null =>
  secretOf('TEMPORAL_API_KEY', env.TEMPORAL_API_KEY, env.TEMPORAL_API_KEY_FILE)

export function databasePassword(env: Environment): { password?: Secret } {
  const password = secretOf('DATABASE_PASSWORD', env.DATABASE_PASSWORD, env.DATABASE_PASSWORD_FILE)
  return password === null ? {} : { password }
}

export const serverTls = (
  prefix: 'API' | 'WORKER',
  cert: string | undefined,
  key: string | undefined,
): ServerFiles | null =>
  cert === undefined || key === undefined
    ? null
    : { cert, key, settings: { cert: `${prefix}_TLS_CERT_FILE`, key: `${prefix}_TLS_KEY_FILE` } }

function given<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('the environment was not checked')
  return value
}
