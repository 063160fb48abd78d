import { writeFile } from 'node:fs/promises'
import { dashboardFiles } from './dashboard-files.ts'
import { runScript } from './run-script.ts'

// `npm run dashboards`: writes deploy/monitoring/dashboards/ anew from dashboards/. `npm run chart` copies it.
await runScript(async () => {
  for (const [file, text] of await dashboardFiles()) await writeFile(file, text)
})
