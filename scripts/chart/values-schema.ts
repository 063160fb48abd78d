import { type ChartSetting, chartSettings } from './chart-settings.ts'

type Schema = Record<string, unknown>

// The schema of the chart's values. Helm names the value and what is wrong with it, so that what it can say is said here; what
// depends on several values is in templates/_check.tpl.

/** No other values than these: a misspelt one would be without effect. */
const only = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...more,
})
/** The same where values.yaml has all of them: null would take one away, of which a template makes something. */
const each = (properties: Record<string, Schema>): Schema =>
  only(properties, { required: Object.keys(properties) })
const text: Schema = { type: 'string' }
const flag: Schema = { type: 'boolean' }
const count = (minimum: number): Schema => ({ type: 'integer', minimum })
const oneOf = (...values: string[]): Schema => ({ enum: values })
/** What Kubernetes itself checks. */
const object: Schema = { type: 'object' }
const objects: Schema = { type: 'array', items: object }
const labels: Schema = { type: 'object', additionalProperties: text }
const name: Schema = { type: 'string', pattern: '^$|^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$' }
const address: Schema = { type: 'string', pattern: '^[^\\s:/@]+:[0-9]{1,5}$' }
const port: Schema = { type: 'integer', minimum: 1, maximum: 65_535 }

/** A key of a Secret or a ConfigMap. */
const source = (...kinds: string[]): Schema =>
  only(Object.fromEntries([...kinds, 'key'].map((kind) => [kind, { type: 'string', minLength: 1 }])), {
    required: ['key'],
    minProperties: 2,
    maxProperties: 2,
  })
const optionally = (schema: Schema): Schema => ({ if: { minProperties: 1 }, then: schema, type: 'object' })
const file = source('secret', 'configMap')
const password = optionally(source('secret'))

/** What an earlier file of values gives can be taken back by null. */
const orNull = (schema: Schema): Schema => ({ if: { type: 'null' }, else: schema })

/** Numbers, booleans, lists and objects may be written as such: the chart makes a variable's text of them. */
function setting({ accepts, description, enum: values }: ChartSetting): Schema {
  const [, min, max] = /^([\d,]+) to ([\d,]+)$/.exec(accepts) ?? []
  const isFlag = values?.includes('true') === true
  if (values !== undefined)
    return { description, enum: [...values, ...(isFlag ? [true, false] : []), '', null] }
  if (min !== undefined && max !== undefined)
    return {
      description,
      ...{ type: ['integer', 'string', 'null'], pattern: '^[0-9]*$' },
      ...{ minimum: Number(min.replaceAll(',', '')), maximum: Number(max.replaceAll(',', '')) },
    }
  if (accepts === 'JSON') return { description, type: ['object', 'string', 'null'] }
  return accepts.includes('separated by commas') || accepts.includes(', several')
    ? { description, type: ['string', 'array', 'null'], items: text }
    : { description, type: ['string', 'null'] }
}

const files = ({ accepts, description }: ChartSetting): Schema =>
  accepts.startsWith('paths')
    ? { description, if: { type: 'array' }, then: { items: file }, else: orNull(file) }
    : { ...orNull(file), description }

const resources = only({ requests: object, limits: object })
const podDisruptionBudget = each({ enabled: flag, maxUnavailable: { type: ['integer', 'string'] } })
const role = {
  ...{ heapMiB: count(128), resources, podDisruptionBudget },
  terminationGracePeriodSeconds: count(30),
  ...{ nodeSelector: labels, tolerations: objects, affinity: object, priorityClassName: text },
  ...{ podAnnotations: labels, podLabels: labels },
}
const user = each({
  name: { type: 'string', minLength: 1 },
  ...{ password, certificate: only({ secret: name }) },
})
const wire = each({ to: objects, ports: { type: 'array', items: port } })
const peers = each({ from: objects })

const fixed = {
  ...{ nameOverride: name, fullnameOverride: name },
  image: each({
    ...{ repository: text, tag: text, pullSecrets: { type: 'array', items: text } },
    digest: { type: 'string', pattern: '^$|^sha256:[0-9a-f]{64}$' },
    pullPolicy: oneOf('IfNotPresent', 'Always', 'Never'),
  }),
  postgres: each({
    ...{
      host: { type: 'string', pattern: '^[^\\s:/@,]*$' },
      port,
      database: { type: 'string', minLength: 1 },
    },
    ...{ replicas: { type: 'array', items: address }, sslmode: oneOf('verify-full', 'disable') },
    ca: optionally(file),
    users: each({ migrate: user, ingest: user, api: user }),
    administrator: each({ name: text, password }),
  }),
  migrations: each({
    ...{ enabled: flag, bootstrap: flag, hook: flag, topics: flag, resources },
    activeDeadlineSeconds: count(60),
  }),
  worker: each({
    ...role,
    replicas: count(1),
    autoscaling: each({
      ...{ enabled: flag, minReplicas: count(1), maxReplicas: count(1), lagThreshold: count(1) },
      ...{ trigger: oneOf('kafka', 'prometheus'), prometheusAddress: text, pollingIntervalSeconds: count(5) },
      ...{
        scaleDownAfterSeconds: { type: 'integer', minimum: 60, maximum: 3_600 },
        fallbackReplicas: count(1),
      },
    }),
  }),
  upkeep: each({ ...role, separate: flag, replicas: count(1) }),
  api: each({
    ...role,
    ...{ replicas: count(1), preStopSeconds: count(1) },
    autoscaling: each({
      ...{ enabled: flag, minReplicas: count(1), maxReplicas: count(1) },
      targetCPUUtilizationPercentage: { type: 'integer', minimum: 1, maximum: 100 },
    }),
    service: each({ type: oneOf('ClusterIP', 'NodePort', 'LoadBalancer'), port, annotations: labels }),
  }),
  ingress: each({ enabled: flag, className: text, host: text, tlsSecret: text, annotations: labels }),
  httpRoute: each({
    ...{ enabled: flag, parentRefs: objects, hostnames: { type: 'array', items: text } },
    annotations: labels,
  }),
  networkPolicy: each({
    ...{ enabled: flag, api: peers, metrics: peers, dns: wire, kafka: wire, postgres: wire },
    ...{ temporal: wire, oidc: wire, ldap: wire, otlp: wire, extraEgress: objects },
  }),
  metrics: each({
    enabled: flag,
    podMonitor: each({ enabled: flag, interval: text, labels }),
    prometheusRule: each({ enabled: flag, labels }),
    dashboards: each({ enabled: flag, labels }),
  }),
  serviceAccount: each({ annotations: labels }),
  podSecurityContext: only({
    // Zero would be root, which "restricted" refuses.
    ...{ runAsUser: { type: ['integer', 'null'], minimum: 1 }, runAsGroup: { type: ['integer', 'null'] } },
    fsGroup: { type: ['integer', 'null'] },
  }),
  topologySpread: each({ enabled: flag, whenUnsatisfiable: oneOf('ScheduleAnyway', 'DoNotSchedule') }),
  ...{ extraEnv: objects, commonLabels: labels },
}

/** The text of values.schema.json. */
export function valuesSchema(): string {
  const all = chartSettings()
  const named = (some: ChartSetting[], make: (setting: ChartSetting) => Schema) =>
    only(Object.fromEntries(some.map((one) => [one.name, make(one)])))
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: 'Made by `npm run chart` from scripts/chart/; change it there.',
    ...only({
      // What a chart that has this one as a part may set for all.
      global: object,
      settings: named(
        all.filter(({ isFile }) => !isFile),
        setting,
      ),
      files: named(
        all.filter(({ isFile }) => isFile),
        files,
      ),
      ...fixed,
    }),
    required: ['settings', 'files', ...Object.keys(fixed)],
  }
  return JSON.stringify(schema)
}
