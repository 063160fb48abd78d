import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'

const run = promisify(execFile)
const project = fileURLToPath(new URL('../../..', import.meta.url))

/** What git has of this project, in a folder of its own that goes away when the test ends. */
export async function cloneProject(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-clone-'))
  // Postgres runs as another user when this one is root, and has to get in.
  chmodSync(folder, 0o755)
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const clone = join(folder, 'rollcall')
  await run('git', ['clone', '--quiet', project, clone])
  return clone
}

/** The same with the packages of this one, so that nothing is to be installed. */
export async function cloneWithPackages(): Promise<string> {
  const clone = await cloneProject()
  symlinkSync(join(project, 'node_modules'), join(clone, 'node_modules'))
  // Packages that are older than the list of them would be installed again.
  utimesSync(join(clone, 'package-lock.json'), 0, 0)
  return clone
}

/** The same with the parts as well, so that nothing is to be fetched. */
export async function cloneWithDownloads(): Promise<string> {
  const clone = await cloneWithPackages()
  mkdirSync(join(clone, '.rollcall'))
  symlinkSync(join(project, '.rollcall', 'parts'), join(clone, '.rollcall', 'parts'))
  return clone
}

/** What a terminal has: npm's and the test runner's own variables would reach the new npm otherwise. */
export function userEnvironment(): Record<string, string | undefined> {
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules'))
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_ENV|INIT_CWD)/.test(name))
  return { ...Object.fromEntries(own), PATH: path.join(':') }
}

/** Processes that work in the clone or were started from it: their command lines. */
export async function processesOf(clone: string): Promise<string[]> {
  const { stdout } = await run('ps', ['-eo', 'args'])
  return stdout.split('\n').filter((line) => line.includes(clone))
}
