import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { chartFiles, chartFolder } from './chart/chart-files.ts'
import { runScript } from './run-script.ts'

// `npm run chart`: writes what the chart has of settings, version, alert rules and dashboards anew.
await runScript(async () => {
  for (const [file, text] of Object.entries(await chartFiles())) {
    await mkdir(dirname(`${chartFolder}/${file}`), { recursive: true })
    await writeFile(`${chartFolder}/${file}`, text)
  }
})
