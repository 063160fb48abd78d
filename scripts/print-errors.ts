import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { errorsPage } from './errors-page.ts'
import { runScript } from './run-script.ts'

// `npm run errors`: writes docs/errors.md anew.
const file = fileURLToPath(new URL('../docs/errors.md', import.meta.url))

await runScript(async () => writeFile(file, await errorsPage(file)))
