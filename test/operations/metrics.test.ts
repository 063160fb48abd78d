import { expect, test } from 'vitest'
import { apiMetrics } from '../../metrics/api-metrics.ts'
import { pipelineMetrics } from '../../metrics/pipeline-metrics.ts'
import { workerMetrics } from '../../metrics/worker-metrics.ts'
import { HOST } from '../../stack/processes/ports.ts'
import { graphqlOf } from '../support/api/graphql-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import type { RoleProcess } from '../support/deployment/role-process.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/kafka/feed.ts'

const LOGINS = 200

test('what worker and API serve to Prometheus is what was counted, asked and refused, and names nobody', async () => {
  const deployment = await createDeployment()
  const feed = createFeed(deployment)
  const worker = deployment.start('worker/main.ts', { WORKER_METRICS_PORT: '0' })
  const api = deployment.start('api/main.ts', { API_METRICS_PORT: '0' })
  const ask = await graphqlOf(api)
  await feed.logins(LOGINS)
  await feed.loginOf('a-person-of-this-test')
  await feed.reject('{"no": "login"', 'not_json')

  const work = await eventually(async () => {
    const served = await scrape(worker)
    expect(sumOf(served, 'rollcall_attempts_total')).toBe(LOGINS + 1)
    expect(sumOf(served, 'rollcall_rejects_total', 'reason="not_json"')).toBe(1)
    return served
  }, 30_000)
  expect(sumOf(work, 'rollcall_batch_publish_duration_seconds_count')).toBeGreaterThan(0)
  expect(sumOf(work, 'rollcall_slices_running')).toBe(deployment.config.kafka.partitions)
  await ask('{ ingestion { lag } }')
  await expect(ask('{ nothing }')).rejects.toThrow('GRAPHQL_VALIDATION_FAILED')
  const answers = await eventually(async () => {
    const served = await scrape(api)
    expect(sumOf(served, 'rollcall_partition_state', 'state="running"')).toBe(
      deployment.config.kafka.partitions,
    )
    expect(sumOf(served, 'rollcall_partition_lag')).toBe(0)
    return served
  }, 30_000)
  expect(sumOf(answers, 'rollcall_ingestion_delay_seconds')).toBe(0)
  expect(sumOf(answers, 'rollcall_dependency_up')).toBe(4)
  expect(sumOf(answers, 'rollcall_workers')).toBe(1)
  expect(sumOf(answers, 'rollcall_fields_total', 'field="ingestion"')).toBe(1)
  expect(sumOf(answers, 'rollcall_refusals_total', 'code="GRAPHQL_VALIDATION_FAILED"')).toBe(1)
  expect(sumOf(answers, 'rollcall_http_requests_total')).toBe(2)
  expect(work + answers).not.toContain('a-person-of-this-test')
  for (const name of Object.keys(workerMetrics)) expect(work).toContain(`# TYPE ${name} `)
  for (const name of Object.keys({ ...apiMetrics, ...pipelineMetrics }))
    expect(answers).toContain(`# TYPE ${name} `)
})

async function scrape(role: RoleProcess): Promise<string> {
  const served =
    role.log().find(({ msg }) => msg === 'metrics are served') ?? expect.fail('none are served yet')
  const { port } = served['address'] as { port: number }
  const response = await fetch(`http://${HOST}:${port}/metrics`)
  expect(response.status).toBe(200)
  return await response.text()
}

/** The sum of the samples of a metric whose labels contain a text. */
const sumOf = (served: string, name: string, label = ''): number =>
  served
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
