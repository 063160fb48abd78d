import { expect, test } from 'vitest'
import { apiMetrics } from './api-metrics.ts'
import type { Metric } from './metric.ts'
import { pipelineMetrics } from './pipeline-metrics.ts'
import { processMetrics } from './process-metrics.ts'
import { workerMetrics } from './worker-metrics.ts'

const all: [string, Metric][] = Object.entries({
  ...apiMetrics,
  ...pipelineMetrics,
  ...processMetrics,
  ...workerMetrics,
})

test.each(all)('%s is named as Prometheus wants it', (name, { type, labels = {} }) => {
  expect(name).toMatch(/^rollcall_[a-z][a-z_]*[a-z]$/)
  expect(name.endsWith('_total')).toBe(type === 'counter')
  if (type === 'histogram') expect(name).toMatch(/_(seconds|bytes|offsets)$/)
  for (const label of Object.keys(labels)) expect(label).toMatch(/^[a-z][a-z_]*$/)
})
