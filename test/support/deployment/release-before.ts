import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { inject } from 'vitest'
import { commitOf, withCheckout } from '../../../bench/drain/checkout.ts'
import { signedIn } from '../../../stack/as-role.ts'
import type { Deployment } from './deployment.ts'
import { startRole, type RoleProcess } from './role-process.ts'

const run = promisify(execFile)

/** The release before this version, ready to run. */
export type ReleaseBefore = {
  version: string
  folder: string
  /** A database of it, to be copied. */
  template: string
  /** File with its workflows. */
  bundle: string
  start: (deployment: Deployment, entry: string, extra?: Record<string, string>) => RoleProcess
}

/** @throws {Error} CHANGELOG.md names no release with its commit, or this clone does not have the commit */
async function releaseBefore(): Promise<{ version: string; commit: string }> {
  const changelog = readFileSync(new URL('../../../CHANGELOG.md', import.meta.url), 'utf8')
  const found = /^## \[(?<version>\d[^\]]*)\][^\n]*\n+Commit `(?<commit>[0-9a-f]+)`/m.exec(changelog)
  const { version = '', commit = '' } = found?.groups ?? {}
  if (commit === '') throw new Error('CHANGELOG.md names no release with its commit')
  const hash = await commitOf(commit).catch(() => {
    throw new Error(
      `this clone does not have the commit ${commit} of Rollcall ${version}: get it with git fetch --unshallow`,
    )
  })
  return { version, commit: hash }
}

/**
 * Runs `work` beside a checkout of the release before, which is removed afterwards.
 * @param stop ends an installation of its packages
 */
export async function withReleaseBefore(
  stop: AbortSignal,
  work: (before: ReleaseBefore) => Promise<void>,
): Promise<void> {
  const { version, commit } = await releaseBefore()
  await withCheckout(
    commit,
    (line) => {
      console.log(line)
    },
    stop,
    async ({ folder }) => {
      const bundle = join(inject('runFolder'), `workflows-${version}.js`)
      const made = [join(folder, 'worker', 'bundle-workflows.ts')]
      writeFileSync(bundle, (await run(process.execPath, made, { maxBuffer: 64 * 1024 * 1024 })).stdout)
      const template = await createTemplate(folder)
      const started: RoleProcess[] = []
      try {
        await work({
          ...{ version, folder, bundle, template },
          start: ({ environment }, entry, extra = {}) => {
            const own = signedIn(environment, entry.split('/')[0] ?? '')
            const role = startRole(join(folder, entry), { ...own, WORKFLOW_BUNDLE: bundle, ...extra })
            started.push(role)
            return role
          },
        })
      } finally {
        await Promise.all(started.map((role) => role.kill()))
      }
    },
  )
}

/** A database as the release before made it, with its roles. */
async function createTemplate(folder: string): Promise<string> {
  const name = 'rollcall_release_before'
  const server = inject('databaseUrl')
  const admin = postgres(server, { max: 1, onnotice: () => undefined })
  await admin.unsafe(`drop database if exists ${name}`)
  await admin.unsafe(`create database ${name}`)
  await admin.end()
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href
  await run(process.execPath, [join(folder, 'scripts', 'migrate.ts'), '--bootstrap'], {
    env: { PATH: process.env['PATH'], DATABASE_ADMIN_URL: url },
  })
  return name
}
