import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { metricsPage } from './metrics-page.ts'

const file = fileURLToPath(new URL('../docs/metrics.md', import.meta.url))

test('docs/metrics.md lists the metrics that the processes serve', async () => {
  expect(readFileSync(file, 'utf8'), 'run npm run metrics').toBe(await metricsPage(file))
})
