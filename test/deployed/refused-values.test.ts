import { describe, expect, test } from 'vitest'
import { examples } from '../support/chart/cases.ts'
import { whyNoPython } from '../support/chart/python-packages.ts'
import { errorOf, renderChart } from '../support/chart/render-chart.ts'

/** What is wrong on top of the values of an example, and what Helm says. */
const REFUSED: [wrong: string, example: string, said: string[]][] = [
  ['settings: { KAFKA_BROKER: x }', 'try-out', ["at '/settings'", "'KAFKA_BROKER' not allowed"]],
  ['settings: { KAFKA_SASL_PASSWORD: x }', 'try-out', ["'KAFKA_SASL_PASSWORD' not allowed"]],
  ['settings: { DATABASE_URL: x }', 'try-out', ["'DATABASE_URL' not allowed"]],
  ['settings: { BATCH_MAX_RECORDS: 1000000 }', 'try-out', ["at '/settings/BATCH_MAX_RECORDS'", '100,000']],
  [
    'settings: { KAFKA_SASL_MECHANISM: GSSAPI }',
    'try-out',
    ["at '/settings/KAFKA_SASL_MECHANISM'", 'OAUTHBEARER'],
  ],
  ['settings: { KAFKA_TLS: maybe }', 'try-out', ["at '/settings/KAFKA_TLS'"]],
  ['files: { SESSION_KEY: { secret: a, key: b } }', 'try-out', ["'SESSION_KEY' not allowed"]],
  ['files: { KAFKA_TLS_CA_FILE: { secret: a } }', 'try-out', ["at '/files/KAFKA_TLS_CA_FILE'", "'key'"]],
  [
    'files: { KAFKA_TLS_CA_FILE: { secret: a, configMap: b, key: c } }',
    'try-out',
    ['KAFKA_TLS_CA_FILE', 'maxProperties'],
  ],
  ['worker: { replica: 3 }', 'try-out', ["at '/worker'", "'replica' not allowed"]],
  ['worker: { replicas: 0 }', 'try-out', ["at '/worker/replicas'"]],
  ['replicas: 3', 'try-out', ["'replicas' not allowed"]],
  ['postgres: { sslmode: require }', 'try-out', ["at '/postgres/sslmode'"]],
  ['postgres: { host: "db.example:5432" }', 'try-out', ["at '/postgres/host'"]],
  ['podSecurityContext: { runAsUser: 0 }', 'try-out', ["at '/podSecurityContext/runAsUser'"]],
  [
    'postgres: { users: { api: { password: { secret: a } } } }',
    'production',
    ["at '/postgres/users/api/password'"],
  ],
  ['image: { repository: "" }', 'try-out', ['image.repository: give']],
  [
    'settings: { KAFKA_BROKERS: "", TEMPORAL_ADDRESS: "" }',
    'try-out',
    ['settings.KAFKA_BROKERS: give', 'settings.TEMPORAL_ADDRESS: give'],
  ],
  ['postgres: { host: "" }', 'try-out', ['postgres.host: give']],
  ['settings: { API_WITHOUT_IDENTITY: false }', 'try-out', ['say who may ask']],
  ['settings: { API_WITHOUT_IDENTITY: true }', 'production', ['must not be true beside OIDC_ISSUERS']],
  ['settings: { ROLE_GROUPS: null }', 'production', ['settings.ROLE_GROUPS: give']],
  ['files: { SESSION_KEY_FILE: null }', 'small-site', ['files.SESSION_KEY_FILE: give']],
  ['files: { PSEUDONYM_KEY_FILE: null }', 'cloud-services', ['files.PSEUDONYM_KEY_FILE: give']],
  ['worker: { autoscaling: { maxReplicas: 25 } }', 'production', ['must be 24 at most']],
  ['worker: { autoscaling: { minReplicas: 13 } }', 'production', ['must not be more than maxReplicas']],
  ['worker: { autoscaling: { trigger: prometheus } }', 'production', ['prometheusAddress: give']],
  ['networkPolicy: { metrics: { from: [] } }', 'production', ['networkPolicy.metrics.from: give']],
  ['ingress: { host: "" }', 'small-site', ['ingress.host: give']],
  ['httpRoute: { hostnames: [] }', 'production', ['httpRoute: give']],
  ['api: { terminationGracePeriodSeconds: 30, preStopSeconds: 20 }', 'try-out', ['must be 40 at least']],
  [
    'postgres: { users: { api: { password: null } } }',
    'small-site',
    ["at '/postgres/users/api'", "missing property 'password'"],
  ],
  ['worker: { autoscaling: null }', 'try-out', ["at '/worker'", "missing property 'autoscaling'"]],
  ['networkPolicy: null', 'try-out', ["missing property 'networkPolicy'"]],
]

const whyNot = whyNoPython()
describe.skipIf(whyNot !== null)(
  `values that the chart refuses${whyNot === null ? '' : ` (${whyNot})`}`,
  () => {
    test('each is refused by a message that names it', async () => {
      const renderings = await renderChart(
        REFUSED.map(([wrong, example]) => `${examples[example] ?? ''}\n---\n${wrong}`),
      )
      for (const [place, [wrong, example, said]] of REFUSED.entries())
        for (const words of said)
          expect(errorOf(renderings[place]), `${wrong} on top of ${example}`).toContain(words)
    })

    test('all that is missing is said at once', async () => {
      const [nothing] = await renderChart(['{}'])
      expect(errorOf(nothing).match(/^- /gm)).toHaveLength(8)
    })
  },
)
