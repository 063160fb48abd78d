import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadConfig, settingNames } from '../../config/config.ts'
import { misspeltSettings } from '../../config/misspelt.ts'
import { chartFolder } from '../../scripts/chart/chart-files.ts'
import { cases } from '../support/chart/cases.ts'
import { environmentOf, refusedByRestricted, workloadsOf, type Workload } from '../support/chart/pods.ts'
import { whyNoPython } from '../support/chart/python-packages.ts'
import { type Manifest, objectsOf, renderChart } from '../support/chart/render-chart.ts'

/** Settings that are secrets, which come in files. */
const SECRETS = settingNames.filter((name) => settingNames.includes(`${name}_FILE`))

const whyNot = whyNoPython()
describe.skipIf(whyNot !== null)(`the Helm chart${whyNot === null ? '' : ` (${whyNot})`}`, () => {
  const rendered = new Map<string, Manifest[]>()
  beforeAll(async () => {
    const renderings = await renderChart(Object.values(cases))
    for (const [place, name] of Object.keys(cases).entries()) rendered.set(name, objectsOf(renderings[place]))
  })
  const each = (look: (workload: Workload, example: string) => void) => {
    for (const [example, objects] of rendered) for (const one of workloadsOf(objects)) look(one, example)
  }
  const objectsOfKind = (example: string, kind: string) =>
    (rendered.get(example) ?? []).filter((object) => object.kind === kind)

  test('no pod of any example does what "restricted" Pod Security refuses, writes to its root, or has a token', () => {
    each(({ name, template: { spec } }, example) => {
      expect(refusedByRestricted(spec), `${name} of ${example}`).toEqual([])
      expect([spec.automountServiceAccountToken, spec.enableServiceLinks], name).toEqual([false, false])
    })
    for (const [, objects] of rendered) {
      expect(objects.filter(({ kind }) => /Role|Binding/.test(kind))).toEqual([])
      for (const account of objects.filter(({ kind }) => kind === 'ServiceAccount'))
        expect(account['automountServiceAccountToken']).toBe(false)
    }
  })

  test('every pod starts with the settings that it gets: none is wrong, missing, misspelt or a secret', () => {
    each(({ name, template: { spec } }, example) => {
      const environment = environmentOf(spec)
      expect(() => loadConfig(environment), `${name} of ${example}`).not.toThrow()
      expect(misspeltSettings(environment, settingNames)).toEqual([])
      expect(SECRETS.filter((secret) => environment[secret] !== undefined)).toEqual([])
      expect(JSON.stringify(environment)).not.toMatch(/postgres:\/\/[^@]*:[^@]*@/)
    })
  })

  test('every file that a setting names is mounted', () => {
    each(({ name, template: { spec } }, example) => {
      const paths = Object.values(environmentOf(spec)).flatMap(
        (value) => value.match(/\/etc\/rollcall\/[^,&]+/g) ?? [],
      )
      const mounted = JSON.stringify(spec.volumes)
      for (const path of paths)
        expect(mounted, `${name} of ${example}`).toContain(`"path":"${path.replace('/etc/rollcall/', '')}"`)
    })
  })

  test('workers alone get the key that signs the audit, and APIs alone the secrets of sign-in', () => {
    const readers = (setting: string) =>
      workloadsOf(rendered.get('production') ?? [])
        .filter(({ template: { spec } }) => environmentOf(spec)[setting] !== undefined)
        .map(({ name }) => name)
    expect(readers('AUDIT_SIGNING_KEY_FILE')).toEqual(['rollcall-upkeep', 'rollcall-worker'])
    expect(readers('SESSION_KEY_FILE')).toEqual(['rollcall-api'])
    expect(readers('KAFKA_TLS_KEY_FILE')).toEqual(
      expect.arrayContaining(['rollcall-api', 'rollcall-topics', 'rollcall-upkeep', 'rollcall-worker']),
    )
    expect(readers('KAFKA_TLS_KEY_FILE')).not.toContain('rollcall-migrate')
  })

  test('no dependency that is away restarts a pod, and one that questions do not need takes no API out of its Service', () => {
    each(({ kind, template: { spec } }) => {
      for (const { name, livenessProbe, readinessProbe, startupProbe } of spec.containers) {
        if (kind === 'Job') continue
        expect(livenessProbe?.httpGet.path).toBe('/health')
        expect(startupProbe).toMatchObject({ httpGet: { path: '/health' } })
        expect(readinessProbe?.httpGet.path).toBe(name === 'api' ? '/ready?exclude=kafka,temporal' : '/ready')
      }
    })
  })

  test('what selects pods never changes: it has no version, and selects the pods of one role', () => {
    each(({ kind, selector, template }, example) => {
      if (kind === 'Job') return
      expect(Object.keys(selector?.matchLabels ?? {}).toSorted(), example).toEqual([
        'app.kubernetes.io/component',
        'app.kubernetes.io/instance',
        'app.kubernetes.io/name',
      ])
      expect(template.metadata.labels).toMatchObject(selector?.matchLabels ?? {})
      expect(template.metadata.labels).not.toHaveProperty('helm.sh/chart')
    })
  })

  test('the heap leaves a pod 384 MiB of its memory for what is outside of it', () => {
    const mebibytes = (text = '') => Number.parseInt(text) * (text.endsWith('Gi') ? 1_024 : 1)
    each(({ kind, name, template: { spec } }, example) => {
      for (const { command, resources } of spec.containers) {
        if (kind === 'Job') continue
        const heap = command.find((word) => word.startsWith('--max-old-space-size='))?.split('=')[1]
        expect(
          mebibytes(resources.limits['memory']) - Number(heap),
          `${name} of ${example}`,
        ).toBeGreaterThanOrEqual(384)
      }
    })
  })

  test('an autoscaler alone decides how many pods there are, and KEDA has never more workers than partitions', () => {
    const replicas = (example: string) =>
      Object.fromEntries(
        workloadsOf(rendered.get(example) ?? [])
          .filter(({ kind }) => kind === 'Deployment')
          .map(({ name, replicas: count }) => [name, count]),
      )
    expect(replicas('production')).toEqual({
      'rollcall-api': undefined,
      'rollcall-upkeep': 2,
      'rollcall-worker': undefined,
    })
    expect(replicas('small-site')).toEqual({ 'rollcall-api': 1, 'rollcall-worker': 1 })
    const [scaled] = objectsOfKind('production', 'ScaledObject')
    expect(scaled).toMatchObject({
      spec: {
        maxReplicaCount: 12,
        triggers: [
          { metadata: { consumerGroup: 'rollcall', topic: 'user-login', allowIdleConsumers: 'false' } },
        ],
      },
    })
  })

  test('policies let no pod reach or be reached by more than its wires', () => {
    const policies = objectsOfKind('production', 'NetworkPolicy')
    const ports = (name: string) =>
      JSON.stringify(policies.find(({ metadata }) => metadata.name === `rollcall-${name}`)?.['spec']).match(
        /(?<="port":)"?\w+"?/g,
      )
    expect(ports('worker')).toEqual(['"metrics"', '"temporal"', '53', '53', '5432', '9093', '7233'])
    expect(ports('api')).toEqual(['"api"', '"metrics"', '53', '53', '5432', '9093', '7233', '443'])
    expect(ports('jobs')).toEqual(['53', '53', '5432', '9093'])
    expect(JSON.stringify(objectsOfKind('small-site', 'NetworkPolicy'))).toContain('"port":636')
  })

  test('Prometheus knows the targets by the jobs of the alert rules, which are there if the chart has them', () => {
    expect(JSON.stringify(objectsOfKind('production', 'PodMonitor'))).toContain(
      '"replacement":"rollcall-${1}"',
    )
    const hasRules = existsSync(`${chartFolder}/files/rollcall-alerts.yml`)
    expect(objectsOfKind('production', 'PrometheusRule')).toHaveLength(hasRules ? 1 : 0)
    expect(objectsOfKind('small-site', 'PrometheusRule')).toEqual([])
  })

  test('what Jobs need is there before them, and all of it again with each upgrade', () => {
    const hooks = (rendered.get('production') ?? [])
      .filter(({ metadata }) => metadata.annotations['helm.sh/hook'] === 'pre-install,pre-upgrade')
      .toSorted((one, other) => weightOf(one) - weightOf(other))
    expect(hooks.map(({ kind }) => kind)).toEqual(['NetworkPolicy', 'ServiceAccount', 'Job', 'Job'])
    expect(hooks.slice(2).map(({ metadata }) => metadata.name)).toEqual([
      'rollcall-migrate',
      'rollcall-topics',
    ])
    for (const { metadata } of hooks)
      expect(metadata.annotations['helm.sh/hook-delete-policy']).toBe('before-hook-creation')
  })
})

const weightOf = ({ metadata }: Manifest): number => Number(metadata.annotations['helm.sh/hook-weight'])
