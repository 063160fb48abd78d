import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { signalGroup } from './process-group.ts'

// One file a process, named by its pid, holding when it started: pids are used again, a pid with its start time is not.

const bookOf = (folder: string) => join(folder, 'processes')

export function rememberProcess(folder: string, pid: number): void {
  mkdirSync(bookOf(folder), { recursive: true })
  writeFileSync(join(bookOf(folder), String(pid)), startTime(pid) ?? '')
}

export function forgetProcess(folder: string, pid: number): void {
  rmSync(join(bookOf(folder), String(pid)), { force: true })
}

/** Kills what an earlier run left behind when it was killed itself. Returns how many processes that were. */
export function endLeftovers(folder: string): number {
  if (!existsSync(bookOf(folder))) return 0
  let ended = 0
  for (const name of readdirSync(bookOf(folder))) {
    const started = readFileSync(join(bookOf(folder), name), 'utf8')
    if (started !== '' && startTime(Number(name)) === started) {
      signalGroup(Number(name), 'SIGKILL')
      ended += 1
    }
    rmSync(join(bookOf(folder), name), { force: true })
  }
  return ended
}

/**
 * Takes the folder for this process.
 * @throws when another live process has it
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'lock')
  if (existsSync(file)) {
    const [pid = '', started = ''] = readFileSync(file, 'utf8').split('\n')
    if (started !== '' && startTime(Number(pid)) === started) {
      throw new Error(
        `Rollcall already runs from this folder (process ${pid}); stop it first, or use another clone`,
      )
    }
  }
  writeFileSync(file, `${process.pid}\n${startTime(process.pid) ?? ''}`)
  return () => {
    rmSync(file, { force: true })
  }
}

function startTime(pid: number): string | null {
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', 'lstart='], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return null
  }
}
