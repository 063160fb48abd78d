import { expect, test } from 'vitest'
import { ConfigError, loadConfig } from './config.ts'

test('an empty environment is a local stack with the documented defaults', () => {
  const config = loadConfig({})
  expect(config.kafka).toMatchObject({ brokers: ['127.0.0.1:9092'], topic: 'user-login', partitions: 4 })
  expect(config.ingest).toMatchObject({ insightSize: 100 })
  expect(config.retention).toEqual({ loginDays: 30, setDays: 400, minuteDays: 90 })
})

test('every problem is named at once, each with its variable and what it must be', () => {
  const wrong = {
    KAFKA_BROKERS: 'nonsense',
    API_PORT: '99999',
    DATABASE_URL: 'mysql://x',
    INSIGHT_SIZE: '-1',
    KAFKA_TOPIC: 'a b',
  }
  expect(() => loadConfig(wrong)).toThrow(ConfigError)
  for (const variable of Object.keys(wrong))
    expect(() => loadConfig(wrong)).toThrow(new RegExp(`${variable}: must be`))
})

test('a variable that is set to nothing counts as not set', () => {
  expect(loadConfig({ API_PORT: '' }).api.port).toBe(4000)
})

test.each([
  [{}, 0],
  [{ API_HOST: '::1' }, 0],
  [{ API_HOST: '0.0.0.0', API_WITHOUT_IDENTITY: 'true' }, 5],
  [{ API_DRAIN_SECONDS: '30' }, 30],
  [{ API_HOST: '0.0.0.0', API_WITHOUT_IDENTITY: 'true', API_DRAIN_SECONDS: '0' }, 0],
])('an API that nobody else reaches has no balancer to wait for, unless it is said: %o', (given, seconds) => {
  expect(loadConfig(given).api.drainSeconds).toBe(seconds)
})

test('several brokers and replicas are lists', () => {
  const config = loadConfig({
    KAFKA_BROKERS: 'a:1, b:2',
    DATABASE_REPLICA_URLS: 'postgres://u@h/d,postgres://u@i/d',
  })
  expect(config.kafka.brokers).toEqual(['a:1', 'b:2'])
  expect(config.database.replicaUrls).toHaveLength(2)
})

/** The variables that `env` is refused for. */
function refused(env: Record<string, string>): string[] {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    return (error as Error).message.split('\n').flatMap((line) => /^ {2}(\w+): must/.exec(line)?.[1] ?? [])
  }
}

test.each([
  { KAFKA_PROCESSED_TOPIC: 'user-login' },
  { KAFKA_PROCESSED_TOPIC: 'user-login-dlq' },
  { KAFKA_TOPIC: 'processed-data' },
  { KAFKA_DLQ_TOPIC: 'user-login' },
  { KAFKA_TOPIC: 'a.b', KAFKA_DLQ_TOPIC: 'a_b' },
])('what is published cannot go where logins are read, or rejects: %o', (env) => {
  expect(refused(env)).toHaveLength(1)
  expect(() => loadConfig(env)).toThrow(/must be another topic than KAFKA_/)
})

test('settings that contradict each other are said beside those that are wrong alone', () => {
  const env = { KAFKA_TOPIC: 'same', KAFKA_PROCESSED_TOPIC: 'same', KAFKA_DLQ_TOPIC: 'same', API_PORT: 'x' }
  expect(refused(env).sort()).toEqual(['API_PORT', 'KAFKA_DLQ_TOPIC', 'KAFKA_PROCESSED_TOPIC'])
})

test.each([
  { KAFKA_TOPIC: '.' },
  { KAFKA_DLQ_TOPIC: '..' },
  { KAFKA_BROKERS: 'a:0' },
  { KAFKA_BROKERS: 'a:9092,b:65536' },
  { KAFKA_BROKERS: 'http://a:9092' },
  { TEMPORAL_ADDRESS: 'a:7233,b:7233' },
  { API_HOST: '0.0.0.0:4000' },
  { API_HOST: '[::1]' },
  { API_ALLOWED_HOSTS: 'https://rollcall.example' },
  { API_ALLOWED_HOSTS: 'rollcall.example:443' },
  { API_ALLOWED_ORIGINS: '*' },
  { API_ALLOWED_ORIGINS: 'null' },
  { API_ALLOWED_ORIGINS: 'dashboard.example' },
  { API_ALLOWED_ORIGINS: 'https://dashboard.example/page' },
  { API_ALLOWED_ORIGINS: 'https://a@b.example' },
  { API_ALLOWED_ORIGINS: 'https://*.example, file:///x' },
  { API_DOCUMENTS_ONLY: 'true' },
  { AUDIT_READS: 'persons' },
  { AUDIT_READS: 'all' },
  { API_DOCUMENTS_ONLY: 'yes' },
  { LOG_LEVEL: 'loud' },
  { WORKER_HOST: 'http://a' },
  { DATABASE_REPLICA_URLS: 'postgres://u@h/d,postgres://u:a@b@h/d' },
])('what can never be right is refused: %o', (env) => {
  expect(refused(env)).toEqual(Object.keys(env))
})

test('a problem never repeats the value, which may hold a password', () => {
  const env = { DATABASE_URL: 'postgres://u:se#cret@h/d', DATABASE_REPLICA_URLS: 'postgres://u:se/cret@h/d' }
  expect(() => loadConfig(env)).toThrow(/percent-encoded/)
  expect(() => loadConfig(env)).not.toThrow(/cret/)
})

test('addresses of both families are taken', () => {
  expect(loadConfig({ API_HOST: '::1' }).api.host).toBe('::1')
  expect(loadConfig({ KAFKA_BROKERS: '[::1]:9092' }).kafka.brokers).toEqual(['[::1]:9092'])
})

test('origins are compared as browsers write them', () => {
  const { allowedOrigins } = loadConfig({
    API_ALLOWED_ORIGINS: 'HTTPS://Dashboard.Example:443, http://[::1]:3000,https://münchen.example',
  }).api
  expect(allowedOrigins).toEqual([
    'https://dashboard.example',
    'http://[::1]:3000',
    'https://xn--mnchen-3ya.example',
  ])
})
