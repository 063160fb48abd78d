import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadConfig, settingNames } from '../config/config.ts'
import { bootstrapSettings } from '../config/bootstrap-settings.ts'
import { apiWire, kafkaWire, postgresWire, temporalWire, workerWire } from '../config/wire-settings.ts'

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')

const because = (group: object, reason: string) =>
  Object.fromEntries(Object.keys(group).map((name) => [name, reason]))

/** Settings that an operator of docker-compose.yml cannot change, and why. */
const fixed: Record<string, string> = {
  KAFKA_BROKERS: 'the broker is a service of the file',
  KAFKA_REPLICATION_FACTOR: 'there is one broker',
  KAFKA_GROUP_ID: 'no other deployment uses this broker',
  DATABASE_URL: 'the primary is a service of the file',
  DATABASE_REPLICA_URLS: 'the replica is a service of the file',
  TEMPORAL_ADDRESS: 'the server is a service of the file',
  TEMPORAL_NAMESPACE: 'the service temporal-namespace creates the default one',
  TEMPORAL_TASK_QUEUE: 'no other deployment uses this Temporal',
  API_HOST: 'a port is published only if the API listens on every address of its container',
  API_PORT: 'the port in the container stays; API_PORT of .env is the one on this machine',
  API_DOCUMENTS: 'the container has no such file; whoever mounts one sets it beside the mount',
  API_DOCUMENTS_ONLY: 'as API_DOCUMENTS',
  AUDIT_SIGNING_KEY_FILE: 'the container has no such file; whoever mounts one sets it beside the mount',
  AUDIT_PUBLIC_KEYS_FILE: 'as AUDIT_SIGNING_KEY_FILE',
  API_WITHOUT_IDENTITY:
    'the file publishes the port on loopback only, so that it asks for local mode; .env may end that',
  OIDC_CA_FILE: 'as API_DOCUMENTS',
  OIDC_CLIENT_SECRET_FILE: 'as API_DOCUMENTS',
  SESSION_KEY_FILE: 'as API_DOCUMENTS',
  PSEUDONYM_KEY_FILE: 'as API_DOCUMENTS',
  WORKER_HOST: 'as API_HOST, for an operator who publishes the port',
  WORKER_PORT: 'the health check names it, and each container has its own',
  METRICS_HOST: 'as API_HOST, for Prometheus in the network of the file',
  API_METRICS_PORT: 'no port of metrics is published',
  WORKER_METRICS_PORT: 'as API_METRICS_PORT',
  TEMPORAL_METRICS_PORT: 'as API_METRICS_PORT',
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'OTEL_EXPORTER_OTLP_ENDPOINT names the collector',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'there is one',
  OTEL_SERVICE_NAME: 'worker and API would have one name',
  ...because(
    {
      OTEL_EXPORTER_OTLP_HEADERS_FILE: 0,
      OTEL_EXPORTER_OTLP_CERTIFICATE: 0,
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: 0,
      OTEL_EXPORTER_OTLP_CLIENT_KEY: 0,
    },
    'the container has no such file; whoever mounts one sets it beside the mount',
  ),
  WORKER_UPKEEP: 'the workers of the file do upkeep; a service that does nothing else is for larger sites',
  WORKFLOW_BUNDLE: 'a file of the image would be of no other version than the worker',
  ...because(
    { LDAP_CA_FILE: 0, LDAP_CERT_FILE: 0, LDAP_KEY_FILE: 0, LDAP_BIND_PASSWORD_FILE: 0 },
    'the container has no such file; whoever mounts one sets it beside the mount',
  ),
  ...because(kafkaWire, 'the broker of the file speaks plaintext on a network of its own'),
  ...because(postgresWire, 'as DATABASE_URL'),
  ...because(bootstrapSettings, 'the roles and their passwords are those of the services of the file'),
  ...because(temporalWire, 'the server of the file speaks plaintext on a network of its own'),
  ...because(
    { ...apiWire, ...workerWire },
    'the container has no such file; whoever mounts one sets it beside the mount',
  ),
}

/** The variables that Compose fills in, each with its default: `${NAME:-default}`. */
const composeDefaults = [
  ...new Set(
    read('docker-compose.yml')
      .split('\n')
      .filter((line) => !line.trimStart().startsWith('#'))
      .flatMap((line) =>
        [...line.matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(([, name, value]) => `${name}=${value}`),
      ),
  ),
]

/** The settings that every role gets from the environment of Compose: `NAME: ${NAME:-}`. */
const passed = [...read('docker-compose.yml').matchAll(/^ +(\w+): \$\{(\w+):-\}$/gm)]

test('.env.example has every variable that docker-compose.yml reads, with its default', () => {
  const example = read('.env.example')
  const variables = example.split('\n').filter((line) => /^\w+=/.test(line))
  expect(variables.toSorted()).toEqual(composeDefaults.toSorted())
})

test('every setting passes through docker-compose.yml, or there is a reason why not', () => {
  const names = passed.map(([, name]) => name)
  expect([...names, ...Object.keys(fixed)].toSorted()).toEqual(settingNames.toSorted())
})

test('a setting passes under its own name, and takes its default when Compose is not given it', () => {
  for (const [, name, variable] of passed) expect(name).toBe(variable)
  const unset = Object.fromEntries(passed.map(([, name = '']) => [name, '']))
  expect(loadConfig(unset)).toEqual(loadConfig({}))
})
