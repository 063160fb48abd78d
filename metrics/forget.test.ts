import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { forget, makeMetrics } from './metric.ts'

test('a gauge that is forgotten is absent, with labels and without', async () => {
  const registry = new Registry()
  const gauges = makeMetrics(registry, {
    rollcall_plain: { type: 'gauge', help: 'x' },
    rollcall_labelled: { type: 'gauge', help: 'x', labels: { kind: 'x' } },
  })
  gauges.rollcall_plain.set(3)
  gauges.rollcall_labelled.set({ kind: 'a' }, 4)
  expect(await registry.metrics()).toMatch(/^rollcall_plain 3$/m)
  Object.values(gauges).forEach(forget)
  expect(await registry.metrics()).not.toMatch(/^rollcall_/m)
  gauges.rollcall_plain.set(5)
  expect(await registry.metrics()).toMatch(/^rollcall_plain 5$/m)
})
