import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { HOST } from '../../stack/processes/ports.ts'
import { environmentOf, type Workload, workloadsOf } from '../support/chart/pods.ts'
import { type Container, POD_USER, startContainer, whyNoPodRoot } from '../support/chart/pod-root.ts'
import { whyNoPython } from '../support/chart/python-packages.ts'
import { objectsOf, renderChart } from '../support/chart/render-chart.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { endOfLog, progress } from '../support/deployment/progress.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { ownFolder } from '../support/parts/own-folder.ts'

const LOGINS = 5_000
/** Of the machine: others use its usual ports. */
const OWN_PORTS = {
  ...{ API_HOST: HOST, API_PORT: '0', API_DRAIN_SECONDS: '1', WORKER_HOST: HOST, WORKER_PORT: '0' },
  ...{ METRICS_HOST: HOST, API_METRICS_PORT: '0', WORKER_METRICS_PORT: '0', TEMPORAL_METRICS_PORT: '' },
}

/** Values with which the chart finds the parts of this run. JSON is YAML. */
function valuesFor({ environment }: Deployment): string {
  const { hostname, port, pathname } = new URL(environment['DATABASE_URL'] ?? '')
  const names = ['KAFKA_BROKERS', 'KAFKA_TOPIC', 'KAFKA_PROCESSED_TOPIC', 'KAFKA_DLQ_TOPIC', 'KAFKA_GROUP_ID']
  const others = ['KAFKA_AUDIT_HEADS_TOPIC', 'TEMPORAL_ADDRESS', 'TEMPORAL_TASK_QUEUE']
  const password = { secret: 'rollcall', key: 'password' }
  return JSON.stringify({
    image: { repository: 'registry.example/rollcall' },
    settings: {
      API_WITHOUT_IDENTITY: true,
      ...Object.fromEntries([...names, ...others].map((name) => [name, environment[name]])),
    },
    postgres: {
      ...{ host: hostname, port: Number(port), database: pathname.slice(1), sslmode: 'disable' },
      users: { migrate: { password }, ingest: { password }, api: { password } },
    },
  })
}

/** Where it has said that it listens. */
function addressOf(role: Container): string {
  const api = /is at (http:[^ "]*)\/graphql/.exec(role.output())?.[1]
  const running = role
    .output()
    .split('\n')
    .find((line) => /(worker|upkeep) is running/.test(line))
  return api ?? `http://${HOST}:${/"server\.port":(\d+)/.exec(running ?? '')?.[1] ?? 'none'}`
}

const whyNot = whyNoPython() ?? whyNoPodRoot()
describe.skipIf(whyNot !== null)(`containers of the chart${whyNot === null ? '' : ` (${whyNot})`}`, () => {
  test('migrate, make topics, count and answer as an unknown user on a read-only root, and stop in the time that pods have', async () => {
    const deployment = await createDeployment()
    const [rendered] = await renderChart([valuesFor(deployment)])
    const workloads = workloadsOf(objectsOf(rendered))
    const start = (name: string): Container & Pick<Workload, 'template'> => {
      const workload = workloads.find((one) => one.name === `rollcall-${name}`) ?? expect.fail(`no ${name}`)
      const folder = ownFolder()
      mkdirSync(join(folder, 'files'))
      // As the kubelet mounts a Secret: of root, and of the group that fsGroup names.
      writeFileSync(join(folder, 'files', 'DATABASE_PASSWORD_FILE'), 'not asked for\n', { mode: 0o440 })
      chownSync(join(folder, 'files', 'DATABASE_PASSWORD_FILE'), 0, POD_USER)
      const { spec } = workload.template
      const container = startContainer(folder, spec.containers[0]?.command ?? [], {
        ...environmentOf(spec),
        ...OWN_PORTS,
      })
      onTestFinished(container.kill)
      return { ...container, template: workload.template }
    }
    for (const name of ['migrate', 'topics']) {
      const job = start(name)
      expect(await job.exited, job.output()).toBe(0)
    }
    const roles = { worker: start('worker'), upkeep: start('upkeep'), api: start('api') }
    for (const [name, role] of Object.entries(roles)) {
      const path = name === 'api' ? '/ready?exclude=kafka,temporal' : '/ready'
      await eventually(async () => {
        const status = await fetch(`${addressOf(role)}${path}`).then(
          (response) => response.status,
          (error: unknown) => String(error),
        )
        expect(status, `${name}: ${role.output()}`).toBe(200)
      }, 60_000)
      expect(role.status()).toMatch(new RegExp(`^Uid:\\t${POD_USER}\\t`, 'm'))
      expect(role.status()).toMatch(/^CapEff:\t0{16}$/m)
      expect(role.status()).toMatch(/^NoNewPrivs:\t1$/m)
    }
    const feed = createFeed(deployment)
    await feed.logins(LOGINS)
    await eventually(async () => {
      const end = await endOfLog(deployment)
      expect(await progress(deployment), roles.worker.output()).toEqual({ read: end, published: end })
      const response = await fetch(`${addressOf(roles.api)}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ ingestion { state lag } }' }),
      })
      expect(await response.json()).toEqual({ data: { ingestion: { state: 'RUNNING', lag: 0 } } })
    }, 60_000)
    const [row] = await deployment.sql<
      { logins: number }[]
    >`select coalesce(sum(logins), 0)::integer as logins from batch`
    expect(row?.logins).toBe(LOGINS)
    for (const [name, role] of Object.entries(roles)) {
      expect(role.output(), name).not.toMatch(/EROFS|EACCES|EPERM/)
      expect(
        role.written().filter((file) => !file.startsWith('swc-native-')),
        name,
      ).toEqual([])
      const { terminationGracePeriodSeconds: seconds = 0 } = role.template.spec
      const begun = Date.now()
      role.stop()
      expect(await role.exited, role.output()).toBe(0)
      expect(Date.now() - begun).toBeLessThan(seconds * 1_000)
    }
  })
})
