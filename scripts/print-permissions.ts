import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { permissionsPage } from './permissions-page.ts'
import { runScript } from './run-script.ts'

// `npm run permissions`: writes docs/permissions.md anew.
const file = fileURLToPath(new URL('../docs/permissions.md', import.meta.url))

await runScript(async () => writeFile(file, await permissionsPage(file)))
