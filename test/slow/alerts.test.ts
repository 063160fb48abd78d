import { describe, expect, test } from 'vitest'
import { whyNoDebianPackages } from '../../stack/parts/debian-packages.ts'
import { HOST } from '../../stack/processes/ports.ts'
import { graphqlOf } from '../support/api/graphql-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import type { RoleProcess } from '../support/deployment/role-process.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/kafka/feed.ts'
import type { DeliveredAlert } from '../support/monitoring/alert-sink.ts'
import { monitor, type Monitored } from '../support/monitoring/monitored.ts'
import { controlPart } from '../support/parts/stack-control.ts'

/** More than half of any window, wherever it begins. */
const FLOOD_RECORDS = 250
const isElsewhere = process.platform !== 'linux' && whyNoDebianPackages() !== null

describe.skipIf(isElsewhere)('alerts of a deployment that Prometheus scrapes', () => {
  test('a partition that halts pages with its runbook, and the page ends when it is resumed', async () => {
    const { monitored, feed, ask } = await monitoredDeployment({ REJECT_HALT_WINDOW: '200' })
    for (let i = 0; i < FLOOD_RECORDS; i++) await feed.reject(`{"uid":${i}}`, 'user_id_missing')
    const page = await untilDelivered(monitored, 'firing', 'RollcallPartitionHalted')
    expect(page).toMatchObject({
      receiver: 'pages',
      labels: { partition: '0', severity: 'page' },
      annotations: {
        summary: 'Partition 0 halted itself',
        runbook_url: 'https://docs.example/runbook#rollcallpartitionhalted',
      },
    })
    await ask(
      'mutation { resumeIngestion(partitions: [0], acceptFlood: true, reason: "they are no logins") { __typename } }',
    )
    await untilDelivered(monitored, 'resolved', 'RollcallPartitionHalted')
  })

  test('workers that are gone page once, and the page ends when one runs again', async () => {
    const { monitored, worker, start } = await monitoredDeployment()
    await worker.kill()
    await untilDelivered(monitored, 'firing', 'RollcallNoWorker')
    start('worker/main.ts')
    await untilDelivered(monitored, 'resolved', 'RollcallNoWorker')
    expect(pagesOf(monitored.delivered)).toEqual(['RollcallNoWorker'])
  })

  test('a primary that is gone pages once, whatever follows from that', async () => {
    const { monitored, worker } = await monitoredDeployment()
    await controlPart('postgres', 'stop')
    try {
      const page = await untilDelivered(monitored, 'firing', 'RollcallDependencyAway')
      expect(page.labels['dependency']).toBe('postgres')
      // The workers too, so that there is something to mute.
      await worker.kill()
      await eventually(async () => {
        const firing = await monitored.query('ALERTS{alertname="RollcallNoWorker",alertstate="firing"}')
        expect(firing).toHaveLength(1)
      })
    } finally {
      await controlPart('postgres', 'start')
    }
    await untilDelivered(monitored, 'resolved', 'RollcallDependencyAway')
    const untilMended = monitored.delivered.slice(
      0,
      monitored.delivered.findIndex(({ status }) => status === 'resolved'),
    )
    expect(pagesOf(untilMended)).toEqual(['RollcallDependencyAway'])
  })

  test('a replica that is gone is a warning, and pages nobody', async () => {
    const { monitored } = await monitoredDeployment()
    await controlPart('replica', 'stop')
    try {
      const warning = await untilDelivered(monitored, 'firing', 'RollcallReplicaAway')
      expect(warning).toMatchObject({ receiver: 'warnings', labels: { severity: 'warning' } })
    } finally {
      await controlPart('replica', 'start')
    }
    await untilDelivered(monitored, 'resolved', 'RollcallReplicaAway')
    expect(pagesOf(monitored.delivered)).toEqual([])
  })

  test('APIs that are gone page, although nothing tells of ingestion any more', async () => {
    const { monitored, api, start, apiPort } = await monitoredDeployment()
    await api.kill()
    await untilDelivered(monitored, 'firing', 'RollcallNoApi')
    start('api/main.ts', { API_METRICS_PORT: apiPort })
    await untilDelivered(monitored, 'resolved', 'RollcallNoApi')
    expect(pagesOf(monitored.delivered)).toEqual(['RollcallNoApi'])
  })
})

async function monitoredDeployment(extra: Record<string, string> = {}) {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1', ...extra })
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts', { WORKER_METRICS_PORT: '0' })
  const api = deployment.start('api/main.ts', { API_METRICS_PORT: '0' })
  const ask = await graphqlOf(api)
  await feed.logins(100)
  const [apiPort, workerPort] = [await metricsPort(api), await metricsPort(worker)]
  const monitored = await monitor({
    'rollcall-api': [`${HOST}:${apiPort}`],
    'rollcall-worker': [`${HOST}:${workerPort}`],
  })
  await eventually(async () => {
    expect(await monitored.query('rollcall_partition_state{state="running"}')).toHaveLength(1)
    expect(await monitored.query('rollcall_partition_lag == 0')).toHaveLength(1)
  })
  return { ...deployment, feed, worker, api, apiPort, ask, monitored }
}

const metricsPort = (role: RoleProcess): Promise<string> =>
  eventually(() => {
    const served =
      role.log().find(({ message }) => message === 'metrics are served') ?? expect.fail('not yet')
    return String(served['rollcall.metrics.port'])
  })

const untilDelivered = (
  { delivered }: Monitored,
  status: DeliveredAlert['status'],
  name: string,
): Promise<DeliveredAlert> =>
  eventually(
    () =>
      delivered.find((alert) => alert.status === status && alert.labels['alertname'] === name) ??
      expect.fail(`${name} is not ${status}: ${JSON.stringify(delivered)}`),
  )

/** The alerts that paged, each once. */
const pagesOf = (delivered: readonly DeliveredAlert[]): string[] => [
  ...new Set(
    delivered.filter(({ receiver }) => receiver === 'pages').map(({ labels }) => labels['alertname'] ?? ''),
  ),
]
