import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { configurationPage } from './configuration-page.ts'
import { runScript } from './run-script.ts'

// `npm run configuration`: writes docs/configuration.md anew.
const file = fileURLToPath(new URL('../docs/configuration.md', import.meta.url))

await runScript(async () => writeFile(file, await configurationPage(file)))
