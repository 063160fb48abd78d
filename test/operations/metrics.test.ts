import { expect, test } from 'vitest'
import { apiMetrics } from '../../metrics/api-metrics.ts'
import { pipelineMetrics } from '../../metrics/pipeline-metrics.ts'
import { workerMetrics } from '../../metrics/worker-metrics.ts'
import { processMetrics } from '../../metrics/process-metrics.ts'
import { graphqlOf } from '../support/api/graphql-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { metricsIn, scrape, seriesIn, sumOf } from '../support/metrics/scrape.ts'

const LOGINS = 200

test('what worker and API serve to Prometheus is what was counted, asked and refused, and names nobody', async () => {
  const deployment = await createDeployment()
  const { partitions } = deployment.config.kafka
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
    // All may be counted before every slice has begun.
    expect(sumOf(served, 'rollcall_slices_running')).toBe(partitions)
    expect(sumOf(served, 'rollcall_pool_connections', 'pool="slice",')).toBe(partitions)
    return served
  }, 60_000)
  expect(sumOf(work, 'rollcall_batch_publish_duration_seconds_count')).toBeGreaterThan(0)
  await ask('{ ingestion { lag } }')
  await expect(ask('{ nothing }')).rejects.toThrow('GRAPHQL_VALIDATION_FAILED')
  const answers = await eventually(async () => {
    const served = await scrape(api)
    expect(sumOf(served, 'rollcall_partition_state', 'state="running"')).toBe(partitions)
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
  expect(sumOf(answers, 'rollcall_node_up', 'node="primary 127.0.0.1:')).toBe(1)
  expect(sumOf(answers, 'rollcall_node_delay_seconds')).toBe(0)
  expect(sumOf(answers, 'rollcall_pool_connections', 'pool="primary"')).toBeGreaterThan(0)
  expect(sumOf(answers, 'rollcall_build_info', 'role="api"')).toBe(1)
  for (const name of Object.keys({ ...processMetrics, ...workerMetrics }))
    expect(work).toContain(`# TYPE ${name} `)
  for (const name of Object.keys({ ...processMetrics, ...apiMetrics, ...pipelineMetrics }))
    expect(answers).toContain(`# TYPE ${name} `)
  // What is not known is not said to be 0.
  expect(seriesIn(answers)).not.toContain('rollcall_parked_oldest_timestamp_seconds')
  expect(metricsIn(answers)).toContain('rollcall_parked_oldest_timestamp_seconds')
})
