import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chartFolder } from '../../../scripts/chart/chart-files.ts'

/** The values that people begin with, as YAML, by the names of their files. */
export const examples: Record<string, string> = Object.fromEntries(
  readdirSync(join(chartFolder, '../examples')).map((file) => [
    file.replace(/\.yaml$/, ''),
    readFileSync(join(chartFolder, '../examples', file), 'utf8'),
  ]),
)

/** What no example has, each on top of try-out. */
const VARIANTS: Record<string, string> = {
  'Jobs beside the rest': 'migrations: { hook: false }',
  'no Jobs, and a file of persisted documents': `
migrations: { enabled: false }
settings: { API_DOCUMENTS_ONLY: true }
files: { API_DOCUMENTS: { configMap: documents, key: documents.json } }`,
  'neither policies nor metrics': 'networkPolicy: { enabled: false }\nmetrics: { enabled: false }',
  'tokens for Kafka, by KEDA too': `
settings:
  KAFKA_TLS: true
  KAFKA_SASL_MECHANISM: OAUTHBEARER
  KAFKA_OAUTHBEARER_TOKEN_ENDPOINT_URL: https://login.example:8443/token
  KAFKA_OAUTHBEARER_CLIENT_ID: rollcall
files:
  KAFKA_TLS_CA_FILE: { configMap: company-ca, key: ca.pem }
  KAFKA_OAUTHBEARER_CLIENT_SECRET_FILE: { secret: rollcall-kafka, key: client-secret }
worker: { autoscaling: { enabled: true } }`,
  OpenShift: 'podSecurityContext: { runAsUser: null, runAsGroup: null, fsGroup: null }',
  'other names, labels and variables': `
nameOverride: logins
fullnameOverride: a-very-long-name-for-a-release-of-rollcall-that-goes-on
commonLabels: { team: platform }
extraEnv: [{ name: TZ, value: UTC }]
serviceAccount: { annotations: { example.com/role: none } }`,
  'places for workers': `
image: { tag: 0.4.0-3, pullSecrets: [one, other] }
worker:
  nodeSelector: { pool: analytics }
  tolerations: [{ key: analytics, operator: Exists }]
  affinity: { nodeAffinity: {} }
  priorityClassName: high
  podAnnotations: { note: '1' }
  podLabels: { cost-center: a1 }
  podDisruptionBudget: { enabled: false }
topologySpread: { enabled: false }`,
  'settings in other forms': `
settings:
  KAFKA_BROKERS: '[fd00::1]:9093, kafka:9092'
  KAFKA_TLS: 'false'
  BATCH_MAX_BYTES: 67108864
  INSIGHT_SIZE: 0
  LOGIN_RETENTION_DAYS: '0'
  LOG_LEVEL: null`,
  'an Ingress and a route': `
ingress: { enabled: true, host: rollcall.example }
httpRoute: { enabled: true, parentRefs: [{ name: public }], hostnames: [other.example] }`,
}

/** All values that the chart is tried with. */
export const cases: Record<string, string> = {
  ...examples,
  ...Object.fromEntries(
    Object.entries(VARIANTS).map(([name, above]) => [name, `${examples['try-out'] ?? ''}\n---\n${above}`]),
  ),
}
