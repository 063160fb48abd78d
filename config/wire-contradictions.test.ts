import { expect, test } from 'vitest'
import { loadConfig } from './config.ts'

/** The settings that `env` is refused for. */
function refused(env: Record<string, string>): string[] {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    return (error as Error).message.split('\n').flatMap((line) => /^ {2}(\w+): must/.exec(line)?.[1] ?? [])
  }
}

const sasl = { KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p' }
const oauth = {
  KAFKA_TLS: 'true',
  KAFKA_SASL_MECHANISM: 'OAUTHBEARER',
  KAFKA_OAUTHBEARER_TOKEN_ENDPOINT_URL: 'https://issuer.example/token',
  KAFKA_OAUTHBEARER_CLIENT_ID: 'c',
  KAFKA_OAUTHBEARER_CLIENT_SECRET: 's',
}

test.each<[string, Record<string, string>]>([
  ['nothing', {}],
  ['SCRAM, also without TLS', sasl],
  ['PLAIN with TLS', { ...sasl, KAFKA_TLS: 'true', KAFKA_SASL_MECHANISM: 'PLAIN' }],
  ['OAUTHBEARER', oauth],
  ['an API key with TLS', { TEMPORAL_TLS: 'true', TEMPORAL_API_KEY: 'k' }],
  ['a password file', { DATABASE_PASSWORD_FILE: '/f', DATABASE_URL: 'postgres://u@h/d' }],
])('%s is complete', (_, env) => {
  expect(refused(env)).toEqual([])
})

test.each<[string, Record<string, string>, string[]]>([
  ['a certificate without its key', { KAFKA_TLS: 'true', KAFKA_TLS_CERT_FILE: '/c' }, ['KAFKA_TLS_KEY_FILE']],
  ['a key without its certificate', { API_TLS_KEY_FILE: '/k' }, ['API_TLS_CERT_FILE']],
  ['a CA for plaintext', { KAFKA_TLS_CA_FILE: '/ca' }, ['KAFKA_TLS_CA_FILE']],
  ['a name for plaintext', { TEMPORAL_TLS_SERVER_NAME: 'n' }, ['TEMPORAL_TLS_SERVER_NAME']],
  ['an API key in plaintext', { TEMPORAL_API_KEY: 'k' }, ['TEMPORAL_API_KEY']],
  ['PLAIN in plaintext', { ...sasl, KAFKA_SASL_MECHANISM: 'PLAIN' }, ['KAFKA_TLS']],
  ['a token in plaintext', { ...oauth, KAFKA_TLS: 'false' }, ['KAFKA_TLS']],
  [
    'a token endpoint in plaintext',
    { ...oauth, KAFKA_OAUTHBEARER_TOKEN_ENDPOINT_URL: 'http://i/t' },
    ['KAFKA_OAUTHBEARER_TOKEN_ENDPOINT_URL'],
  ],
  [
    'SCRAM without a password',
    { KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256', KAFKA_SASL_USERNAME: 'u' },
    ['KAFKA_SASL_PASSWORD'],
  ],
  ['a password that nothing uses', { KAFKA_SASL_PASSWORD: 'p' }, ['KAFKA_SASL_PASSWORD']],
  ['a secret twice', { ...sasl, KAFKA_SASL_PASSWORD_FILE: '/f' }, ['KAFKA_SASL_PASSWORD']],
  ['a password twice', { DATABASE_PASSWORD: 'p', DATABASE_URL: 'postgres://u:p@h/d' }, ['DATABASE_PASSWORD']],
  ['an unknown mechanism', { KAFKA_SASL_MECHANISM: 'GSSAPI' }, ['KAFKA_SASL_MECHANISM']],
])('what would not be used, or be read by others, is refused: %s', (_, env, settings) => {
  expect(refused(env)).toEqual(settings)
})
