import { saslMechanisms } from './wire-settings.ts'

export type Contradiction = { setting: string; message: string }

type Given = Record<string, unknown>

/** Pairs of a PEM file and its key, and the setting without which they would not be used; null: there is none. */
const PAIRS = [
  ['KAFKA_TLS_CERT_FILE', 'KAFKA_TLS_KEY_FILE'],
  ['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH'],
  ['LDAP_CERT_FILE', 'LDAP_KEY_FILE'],
  ['API_TLS_CERT_FILE', 'API_TLS_KEY_FILE'],
  ['WORKER_TLS_CERT_FILE', 'WORKER_TLS_KEY_FILE'],
  ['OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', 'OTEL_EXPORTER_OTLP_CLIENT_KEY'],
] as const

const SECRETS = [
  'KAFKA_SASL_PASSWORD',
  'KAFKA_OAUTHBEARER_CLIENT_SECRET',
  'DATABASE_PASSWORD',
  'DATABASE_ADMIN_PASSWORD',
  'DATABASE_MIGRATE_PASSWORD',
  'DATABASE_INGEST_PASSWORD',
  'DATABASE_API_PASSWORD',
  'TEMPORAL_API_KEY',
  'PSEUDONYM_KEY',
  'LDAP_BIND_PASSWORD',
  'AUDIT_SIGNING_KEY',
  'OTEL_EXPORTER_OTLP_HEADERS',
]

/** What would silently not be used, or be sent where others can read it. */
export const wireContradictions = (given: Given): Contradiction[] => [
  ...PAIRS.flatMap(([cert, key]) => [...missing(given, cert, key), ...missing(given, key, cert)]),
  ...SECRETS.filter((name) => isSet(given, name) && isSet(given, `${name}_FILE`)).map((name) => ({
    setting: name,
    message: `must not be set beside ${name}_FILE`,
  })),
  ...unusedWithout(given, 'KAFKA_TLS', /^KAFKA_TLS_/),
  ...unusedWithout(given, 'TEMPORAL_TLS', /^TEMPORAL_(TLS|API_KEY)/),
  ...passwordTwice(given, 'DATABASE'),
  ...passwordTwice(given, 'DATABASE_ADMIN'),
  ...saslContradictions(given),
  ...tracingContradictions(given),
]

const isSet = (given: Given, name: string): boolean => given[name] !== undefined

const missing = (given: Given, one: string, other: string): Contradiction[] =>
  isSet(given, one) && !isSet(given, other) ? [{ setting: other, message: `must be set, as ${one} is` }] : []

/** Settings of TLS, and secrets that must not be sent without it. */
const unusedWithout = (given: Given, flag: string, pattern: RegExp): Contradiction[] =>
  given[flag] === false
    ? Object.keys(given)
        .filter((name) => name !== flag && pattern.test(name) && isSet(given, name))
        .map((setting) => ({ setting, message: `must not be set unless ${flag}=true` }))
    : []

function passwordTwice(given: Given, prefix: 'DATABASE' | 'DATABASE_ADMIN'): Contradiction[] {
  const setting = [`${prefix}_PASSWORD`, `${prefix}_PASSWORD_FILE`].find((name) => isSet(given, name))
  const url = given[`${prefix}_URL`]
  const isTwice =
    setting !== undefined && typeof url === 'string' && URL.canParse(url) && new URL(url).password !== ''
  return isTwice ? [{ setting, message: `must not be set beside a password in ${prefix}_URL` }] : []
}

function saslContradictions(given: Given): Contradiction[] {
  const mechanism = given['KAFKA_SASL_MECHANISM']
  if (!saslMechanisms.some((known) => known === mechanism) && mechanism !== 'none') return []
  const chosen = `KAFKA_SASL_MECHANISM=${String(mechanism)}`
  const isOauth = mechanism === 'OAUTHBEARER'
  const needed =
    mechanism === 'none'
      ? []
      : isOauth
        ? [
            'KAFKA_OAUTHBEARER_TOKEN_ENDPOINT_URL',
            'KAFKA_OAUTHBEARER_CLIENT_ID',
            'KAFKA_OAUTHBEARER_CLIENT_SECRET',
          ]
        : ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']
  const used = needed.length === 0 ? /^$/ : isOauth ? /^KAFKA_OAUTHBEARER_/ : /^KAFKA_SASL_/
  const unused = Object.keys(given).filter(
    (name) =>
      /^KAFKA_(SASL_(USERNAME|PASSWORD)|OAUTHBEARER_)/.test(name) && isSet(given, name) && !used.test(name),
  )
  return [
    ...needed
      .filter((name) => !isSet(given, name) && !isSet(given, `${name}_FILE`))
      .map((setting) => ({
        setting,
        message: `must be set for ${chosen}${SECRETS.includes(setting) ? `, or ${setting}_FILE` : ''}`,
      })),
    ...unused.map((setting) => ({
      setting,
      message: `must not be set with ${chosen}, which does not use it`,
    })),
    ...((mechanism === 'PLAIN' || isOauth) && given['KAFKA_TLS'] === false
      ? [{ setting: 'KAFKA_TLS', message: `must be true for ${chosen}, or others could read it` }]
      : []),
  ]
}

const TAKES_SHARE = /traceidratio$/

/** A share that is not used would be believed to hold. */
function tracingContradictions(given: Given): Contradiction[] {
  const sampler = given['OTEL_TRACES_SAMPLER']
  return isSet(given, 'OTEL_TRACES_SAMPLER_ARG') && typeof sampler === 'string' && !TAKES_SHARE.test(sampler)
    ? [
        {
          setting: 'OTEL_TRACES_SAMPLER_ARG',
          message: `must not be set with OTEL_TRACES_SAMPLER=${sampler}, which takes no share: set parentbased_traceidratio`,
        },
      ]
    : []
}
