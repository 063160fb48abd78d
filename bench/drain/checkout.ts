import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { removeAbandonedFolders } from '../../stack/processes/abandoned-folders.ts'
import { guardFolder } from '../../stack/processes/guard-folder.ts'
import { endLeftovers, lockFolder } from '../../stack/processes/process-book.ts'
import { writeDown } from '../../stack/processes/process.ts'
import { roleArguments } from '../../stack/role-arguments.ts'

/** The project's code at one commit, ready to run. */
export type Checkout = {
  /** Shown in reports, and part of the names of databases and topics. */
  name: string
  folder: string
  /** The Node that its npm scripts use. */
  node: string
}

const project = fileURLToPath(new URL('../..', import.meta.url))
const rollcall = join(project, '.rollcall')
const PREFIX = 'against-'
const codeOf = (parent: string) => join(parent, 'code')
const GIT_TIMEOUT_MS = 60_000
const INSTALL_TIMEOUT_MS = 600_000
/** The npm scripts that a benchmark needs. */
const SCRIPTS = ['migrate', 'worker', 'api']

/** This clone, including changes that are not committed. */
export const thisCheckout: Checkout = { name: 'rollcall', folder: project, node: process.execPath }

/**
 * Returns the full hash of the commit that `ref` (a branch, a tag or a hash) names.
 * @throws {Error} in one line, when there is none
 */
export async function commitOf(ref: string): Promise<string> {
  try {
    const query = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]
    return (await run('git', query, { cwd: project, timeout: GIT_TIMEOUT_MS })).stdout.trim()
  } catch (cause) {
    throw new Error(`--against: git knows no commit "${ref}" here; name a branch, a tag or a hash`, { cause })
  }
}

/**
 * Runs `work` on the code of a commit, in a git work tree below `.rollcall`, which gets packages of its own
 * if they differ from this clone's. The work tree is removed afterwards, even after an error; if this run is
 * killed, the next one removes it.
 */
export async function withCheckout<T>(
  commit: string,
  say: (line: string) => void,
  stop: AbortSignal,
  work: (checkout: Checkout) => Promise<T>,
): Promise<T> {
  for (const name of removeAbandonedFolders(rollcall, PREFIX))
    await removeWorkTree(codeOf(join(rollcall, name)))
  const parent = join(rollcall, PREFIX + Math.random().toString(36).slice(2, 8))
  const folder = codeOf(parent)
  mkdirSync(parent, { recursive: true })
  const unlock = lockFolder(parent)
  const ended = AbortSignal.any([stop, AbortSignal.timeout(INSTALL_TIMEOUT_MS)])
  const inProject = { cwd: project, timeout: GIT_TIMEOUT_MS, signal: ended }
  guardFolder(parent)
  try {
    await run('git', ['worktree', 'add', '--detach', '--quiet', folder, commit], inProject)
    for (const script of SCRIPTS) roleArguments(script, folder)
    await givePackages(folder, parent, say, ended)
    return await work({ name: commit.slice(0, 7), folder, node: nodeOf(folder) })
  } finally {
    endLeftovers(parent)
    await removeWorkTree(folder)
    unlock()
    rmSync(parent, { recursive: true, force: true })
  }
}

/** Removes the files of this work tree, if any, and what git knows about it. */
async function removeWorkTree(folder: string): Promise<void> {
  const remove = ['worktree', 'remove', '--force', folder]
  // Fails if git did not get to create it: then there is nothing to remove.
  await run('git', remove, { cwd: project, timeout: GIT_TIMEOUT_MS }).catch(() => undefined)
}

/** Whether this clone has all packages of another folder, in the same versions, and mended in the same way; it may have more. */
function hasPackagesOf(folder: string): boolean {
  const read = (of: string, file: string) => readFileSync(join(of, file), 'utf8')
  const versions = (of: string) => {
    const lock = JSON.parse(read(of, 'package-lock.json')) as {
      packages: Record<string, { version?: string }>
    }
    return Object.entries(lock.packages).filter(([name]) => name !== '')
  }
  const ours = new Map(versions(project))
  const mended = 'scripts/mend-postgres.mjs'
  return (
    read(folder, mended) === read(project, mended) &&
    versions(folder).every(([name, { version }]) => ours.get(name)?.version === version)
  )
}

/** Links this clone's packages, or installs others if they differ. */
async function givePackages(
  folder: string,
  bookFolder: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  if (hasPackagesOf(folder)) {
    symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'))
    return
  }
  say('installing the packages of the other commit, which differ from those of this clone')
  const installing = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    signal,
  })
  writeDown(bookFolder, installing.child)
  await installing
}

/** npm scripts prefer a Node from the packages to that of the machine. */
function nodeOf(folder: string): string {
  const own = join(folder, 'node_modules', '.bin', 'node')
  return existsSync(own) ? own : process.execPath
}

const run = promisify(execFile)
