import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { signalTree } from './process-group.ts'
import { startOf } from './process-table.ts'

// One file a process, named by its pid, holding when it started: pids are used again, a pid with its start is not.

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
 * Kills every process that is written down in the folder: what an earlier run left behind when it was killed itself.
 * Only the holder of the folder's lock may: for anyone else they belong to a run that goes on, and stay.
 * @returns how many processes that were
 */
export function endLeftovers(folder: string): number {
  return lockHolder(folder) === process.pid ? endAll(folder) : 0
}

/**
 * The same for a run whose process `holder` is ending: once it is gone, unless it has given the folder back or another
 * run has it by then, which has ended all of them itself.
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
 * Takes the folder for this process. Returns what gives it back.
 * @throws when another live process has it
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true })
  const holder = lockHolder(folder)
  if (holder !== null) throw new Error(takenBy(holder))
  // What a process that is gone has left.
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

/** Pid of the live process that has the folder. */
function lockHolder(folder: string): number | null {
  if (!existsSync(lockOf(folder))) return null
  const [pid = '', started = ''] = readFileSync(lockOf(folder), 'utf8').split('\n')
  return started !== '' && startOf(Number(pid)) === started ? Number(pid) : null
}
