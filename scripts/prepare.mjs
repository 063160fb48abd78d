// Runs before `npm start` and `npm test` with whatever Node started npm, so it is plain JavaScript for Node
// 20.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { missingRequirements, thisMachine } from './requirements.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const missing = missingRequirements(process.env, thisMachine('.rollcall/parts'))
if (missing.length > 0) {
  console.error(`Rollcall needs:\n${missing.map((line) => `  - ${line}`).join('\n')}`)
  process.exit(1)
}
if (packagesAreStale()) {
  console.log('installing packages')
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: 'inherit',
  })
  process.exit(status ?? 1)
}

function packagesAreStale() {
  const installed = 'node_modules/.package-lock.json'
  return !existsSync(installed) || statSync(installed).mtimeMs < statSync('package-lock.json').mtimeMs
}
