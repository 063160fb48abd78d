import { expect, test } from 'vitest'
import { serve } from '../server-fixture.ts'
import { createApiMetrics } from './serve-api-metrics.ts'

const limits = { questionsPerSecond: 1, clientMsPerSecond: 1_000, subscriptions: { all: 1, perClient: 1 } }

test('each root field of a request counts once, with its share of the cost, and what a limit refuses is counted by the limit', async () => {
  const { requests } = createApiMetrics('0.0.0')
  const { ask } = serve({ metrics: requests, limits })
  const valueOf = async (name: keyof typeof requests, labels: Record<string, string>) => {
    const { values } = await requests[name].get()
    const wanted = values.filter(({ labels: of }) =>
      Object.entries(labels).every(([label, value]) => of[label as keyof typeof of] === value),
    )
    return wanted.reduce((sum, { value }) => sum + value, 0)
  }
  await ask('{ a: ingestion { lag } b: ingestion { lag } identity { name } }')
  expect(await valueOf('rollcall_fields_total', { field: 'ingestion' })).toBe(1)
  expect(await valueOf('rollcall_fields_total', { field: 'identity' })).toBe(1)
  const cost = await valueOf('rollcall_field_cost_total', { field: 'ingestion' })
  expect(cost).toBeGreaterThan(0)
  expect(await valueOf('rollcall_field_cost_total', { field: 'identity' })).toBe(cost)
  expect(await valueOf('rollcall_rate_limited_total', {})).toBe(0)
  const answers = []
  for (let time = 0; time < 10; time++) answers.push(await ask('{ identity { name } }'))
  const refused = answers.filter(
    ({ errors = [] }) => errors[0]?.extensions?.['code'] === 'RATE_LIMITED',
  ).length
  expect(refused).toBeGreaterThan(0)
  expect(await valueOf('rollcall_rate_limited_total', { limit: 'questions' })).toBe(refused)
  expect(await valueOf('rollcall_refusals_total', { code: 'RATE_LIMITED' })).toBe(refused)
})
