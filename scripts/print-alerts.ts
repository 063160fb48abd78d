import { writeFile } from 'node:fs/promises'
import { alertFiles } from './alert-files.ts'
import { runScript } from './run-script.ts'

// `npm run alerts`: writes docs/alerts.md and the files of deploy/monitoring/ that are made from alerts/ anew.
await runScript(async () => {
  for (const [file, text] of await alertFiles()) await writeFile(file, text)
})
