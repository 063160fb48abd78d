import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { removeAbandonedFolders } from '../../stack/processes/abandoned-folders.ts'
import { endWithParent } from '../../stack/processes/end-with-parent.ts'
import { guardFolder } from '../../stack/processes/guard-folder.ts'
import { endLeftovers, lockFolder } from '../../stack/processes/process-book.ts'
import { writeDown } from '../../stack/processes/process.ts'
import { roleArguments } from '../../stack/role-arguments.ts'

/** The project's code as one commit has it, ready to run. */
export type Checkout = {
  /** Shown in reports, and part of names of databases and topics. */
  name: string
  folder: string
  /** The Node that its npm scripts run. */
  node: string
}

const project = fileURLToPath(new URL('../..', import.meta.url))
const rollcall = join(project, '.rollcall')
const PREFIX = 'against-'
const codeOf = (parent: string) => join(parent, 'code')
const GIT_TIMEOUT_MS = 60_000
const INSTALL_TIMEOUT_MS = 600_000
/** Those a drain needs. */
const SCRIPTS = ['migrate', 'worker']

/** This clone with all that is not committed yet. */
export const thisCheckout: Checkout = { name: 'rollcall', folder: project, node: process.execPath }

/**
 * The full hash of the commit that `ref` names: a branch, a tag, a hash.
 * @throws {Error} in one line when there is none
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
 * Runs `work` on the code of a commit, in a work tree of git below `.rollcall` with its own packages when their list
 * differs. The work tree is gone afterwards, whatever happened; that of a run that was killed, with the next one.
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
  endWithParent()
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

/** Its files, if there are any, and what git knows of it; never those of anyone else. */
async function removeWorkTree(folder: string): Promise<void> {
  const remove = ['worktree', 'remove', '--force', folder]
  // One that git did not get to make has nothing to be removed.
  await run('git', remove, { cwd: project, timeout: GIT_TIMEOUT_MS }).catch(() => undefined)
}

/** This clone's packages, or those of its own when its list of them is another one. */
async function givePackages(
  folder: string,
  bookFolder: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const list = (of: string) => readFileSync(join(of, 'package-lock.json'), 'utf8')
  if (list(folder) === list(project)) {
    symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'))
    return
  }
  say('installing its packages, which differ from those of this clone')
  const installing = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    signal,
  })
  writeDown(bookFolder, installing.child)
  await installing
}

/** npm puts the packages' commands before those of the machine. */
function nodeOf(folder: string): string {
  const own = join(folder, 'node_modules', '.bin', 'node')
  return existsSync(own) ? own : process.execPath
}

const run = promisify(execFile)
