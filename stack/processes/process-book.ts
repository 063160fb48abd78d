import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { signalTree } from './process-group.ts'
import { startOf } from './process-table.ts'

// A folder's book has a file for each process, named by its pid. The file holds the start time of the
// process: a pid is used again, but not with the same start time.

const bookOf = (folder: string) => join(folder, 'processes')
const lockOf = (folder: string) => join(folder, 'lock')

const POLL_MS = 50

export function rememberProcess(folder: string, pid: number): void {
  mkdirSync(bookOf(folder), { recursive: true })
  writeFileSync(join(bookOf(folder), String(pid)), startOf(pid) ?? '')
}

export function forgetProcess(folder: string, pid: number): void {
  rmSync(join(bookOf(folder), String(pid)), { force: true })
}

/**
 * Kills every process that is written down in the folder, because an earlier run was killed and left it
 * behind. Does nothing unless this process holds the folder's lock: otherwise the processes belong to a run
 * that goes on.
 * @returns how many processes were killed
 */
export function endLeftovers(folder: string): number {
  return lockHolder(folder) === process.pid ? endAll(folder) : 0
}

/**
 * Waits until the process `holder` is gone and then kills every process written down in the folder, unless
 * the holder has given the folder back or another run has taken it: these have ended all processes
 * themselves.
 */
export async function endOrphans(folder: string, holder: number): Promise<void> {
  while (lockHolder(folder) === holder) await sleep(POLL_MS)
  if (existsSync(lockOf(folder)) && lockHolder(folder) === null) endAll(folder)
}

function endAll(folder: string): number {
  if (!existsSync(bookOf(folder))) return 0
  let ended = 0
  for (const name of readdirSync(bookOf(folder))) {
    if (Number(name) === process.pid) continue
    const started = readFileSync(join(bookOf(folder), name), 'utf8')
    if (started !== '' && startOf(Number(name)) === started) {
      signalTree(Number(name), 'SIGKILL')
      ended += 1
    }
    rmSync(join(bookOf(folder), name), { force: true })
  }
  return ended
}

/**
 * Locks the folder for this process. Returns a function that unlocks it.
 * @throws when another live process holds the lock
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true })
  const holder = lockHolder(folder)
  if (holder !== null) throw new Error(takenBy(holder))
  // The lock of a process that is gone.
  rmSync(lockOf(folder), { force: true })
  try {
    writeFileSync(lockOf(folder), `${process.pid}\n${startOf(process.pid) ?? ''}`, { flag: 'wx' })
  } catch (cause) {
    throw new Error(takenBy(lockHolder(folder)), { cause })
  }
  return () => {
    rmSync(lockOf(folder), { force: true })
  }
}

const takenBy = (pid: number | null): string =>
  `Rollcall already runs from this folder (process ${pid ?? 'unknown'}); stop it first, or use another clone`

/** The pid of the live process that holds the folder's lock. Null: there is none. */
function lockHolder(folder: string): number | null {
  if (!existsSync(lockOf(folder))) return null
  const [pid = '', started = ''] = readFileSync(lockOf(folder), 'utf8').split('\n')
  return started !== '' && startOf(Number(pid)) === started ? Number(pid) : null
}
