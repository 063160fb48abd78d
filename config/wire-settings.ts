import { z } from 'zod'
import { choice, flag, url } from './setting-kinds.ts'

// Settings of encryption and sign-in, for each wire.

export const file = (description: string) =>
  z.string().min(1).optional().meta({ accepts: 'a path', description })
export const optional = (description: string) =>
  z.string().min(1).optional().meta({ accepts: 'any text', description })

export const saslMechanisms = ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'PLAIN', 'OAUTHBEARER'] as const

export const kafkaWire = {
  KAFKA_TLS: flag().describe('Whether Rollcall speaks TLS to the brokers, and verifies who they are.'),
  KAFKA_TLS_CA_FILE: file(
    'PEM file of the CAs that issue certificates of brokers; unset, those that Node.js trusts.',
  ),
  KAFKA_TLS_CERT_FILE: file('PEM file of the client certificate, with `KAFKA_TLS_KEY_FILE`.'),
  KAFKA_TLS_KEY_FILE: file('PEM file of its key, not encrypted.'),
  KAFKA_TLS_SERVER_NAME: optional(
    'Name that the certificate of every broker must have; unset, the host by which the broker is reached.',
  ),
  KAFKA_SASL_MECHANISM: choice(['none', ...saslMechanisms], 'none').describe(
    'How Rollcall signs in at the brokers; `PLAIN` and `OAUTHBEARER` only with `KAFKA_TLS`.',
  ),
  KAFKA_SASL_USERNAME: optional('User of `SCRAM` and `PLAIN`.'),
  KAFKA_SASL_PASSWORD: optional('Its password.'),
  KAFKA_SASL_PASSWORD_FILE: file('File with the password instead.'),
  KAFKA_OAUTHBEARER_TOKEN_ENDPOINT_URL: url('https:').optional().meta({
    accepts: 'an https URL',
    description: 'Where `OAUTHBEARER` gets its tokens, with the client credentials grant.',
  }),
  KAFKA_OAUTHBEARER_CLIENT_ID: optional('Client that the tokens are for.'),
  KAFKA_OAUTHBEARER_CLIENT_SECRET: optional('Its secret.'),
  KAFKA_OAUTHBEARER_CLIENT_SECRET_FILE: file('File with the secret instead.'),
  KAFKA_OAUTHBEARER_SCOPE: optional('Scope that is asked for.'),
  KAFKA_OAUTHBEARER_CA_FILE: file(
    'PEM file of the CAs of the token endpoint; unset, those that Node.js trusts.',
  ),
}

export const postgresWire = {
  DATABASE_PASSWORD: optional('Password of the users in the URLs that have none there.'),
  DATABASE_PASSWORD_FILE: file('File with the password instead.'),
}

/** Named as in Temporal's own environment configuration: https://docs.temporal.io/develop/environment-configuration */
export const temporalWire = {
  TEMPORAL_TLS: flag().describe(
    'Whether Rollcall speaks TLS to the Temporal server, and verifies who it is.',
  ),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: file(
    "PEM file of the CAs that issue the server's certificate; unset, public ones.",
  ),
  TEMPORAL_TLS_CLIENT_CERT_PATH: file(
    'PEM file of the client certificate, with `TEMPORAL_TLS_CLIENT_KEY_PATH`.',
  ),
  TEMPORAL_TLS_CLIENT_KEY_PATH: file('PEM file of its key, not encrypted.'),
  TEMPORAL_TLS_SERVER_NAME: optional(
    "Name that the server's certificate must have; unset, the host of `TEMPORAL_ADDRESS`.",
  ),
  TEMPORAL_API_KEY: optional('API key, as Temporal Cloud takes it; only with `TEMPORAL_TLS`.'),
  TEMPORAL_API_KEY_FILE: file('File with the API key instead.'),
}

export const apiWire = {
  API_TLS_CERT_FILE: file('PEM file of the certificate with which the API serves HTTPS; unset, HTTP.'),
  API_TLS_KEY_FILE: file('PEM file of its key, not encrypted.'),
}

export const workerWire = {
  WORKER_TLS_CERT_FILE: file(
    'PEM file of the certificate with which `/health` and `/ready` are HTTPS; unset, HTTP.',
  ),
  WORKER_TLS_KEY_FILE: file('PEM file of its key, not encrypted.'),
}
