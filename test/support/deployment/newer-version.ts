import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { inject, onTestFinished } from 'vitest'
import type { Deployment } from './deployment.ts'

const run = promisify(execFile)
const project = fileURLToPath(new URL('../../..', import.meta.url))

export const NEWER_SCHEMA = 9000

export type NewerVersion = {
  /** `npm run migrate` of it, on the database of a deployment; gives what it prints. */
  migrate: (deployment: Deployment) => Promise<string>
}

/** A later version of Rollcall, 9.0.0: the same with one more migration. */
export function createNewerVersion(migration: string): NewerVersion {
  const folder = mkdtempSync(join(inject('runFolder'), 'newer-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  for (const part of readdirSync(project).filter((name) =>
    ['config', 'db', 'domain', 'scripts', 'tls', 'tracing'].includes(name),
  ))
    cpSync(join(project, part), join(folder, part), { recursive: true })
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: '9.0.0', type: 'module' }))
  writeFileSync(join(folder, 'db', 'migrations', `${NEWER_SCHEMA}_newer.sql`), migration)
  return {
    migrate: async ({ environment }) => {
      const { stdout } = await run(process.execPath, [join(folder, 'scripts', 'migrate.ts')], {
        env: { PATH: process.env['PATH'], ...environment },
      })
      return stdout
    },
  }
}
