import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { metricsPage } from './metrics-page.ts'
import { runScript } from './run-script.ts'

// `npm run metrics`: writes docs/metrics.md anew.
const file = fileURLToPath(new URL('../docs/metrics.md', import.meta.url))

await runScript(async () => writeFile(file, await metricsPage(file)))
