import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { forgetProcess, rememberProcess } from './process-book.ts'
import { signalGroup, signalTree } from './process-group.ts'

export type Command = {
  /** Shown to people. */
  name: string
  command: string
  args: string[]
  env?: Record<string, string>
  logFile: string
  /** The folder whose book lists the running processes, so that they can be ended after a crash. */
  bookFolder: string
}

/**
 * A process that hangs is killed after this time, so that it does not delay Ctrl-C: all parts recover from
 * SIGKILL.
 */
export const STOP_GRACE_MS = 8_000

export type RunningProcess = {
  name: string
  pid: number
  /** Resolves with a description of how the process ended. */
  exited: Promise<string>
  hasExited: () => boolean
  /** Signals the process and all its descendants. */
  signal: (signal: NodeJS.Signals) => void
  /**
   * Sends `signal`, also to a suspended process, which is resumed, and kills the process and its descendants
   * after `graceMs`.
   */
  stop: (signal: NodeJS.Signals, graceMs: number) => Promise<void>
}

/**
 * Starts a process in a group of its own: Ctrl-C in the terminal reaches it only through us, and no
 * grandchild outlives it.
 */
export function startProcess({ name, command, args, env, logFile, bookFolder }: Command): RunningProcess {
  mkdirSync(dirname(logFile), { recursive: true })
  const log = openSync(logFile, 'a')
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...env },
  })
  closeSync(log)
  const exited = whenExited(child)
  const pid = child.pid ?? -1
  writeDown(bookFolder, child)
  const signal = (which: NodeJS.Signals) => {
    signalTree(pid, which)
  }
  return {
    name,
    pid,
    exited,
    hasExited: () => child.exitCode !== null || child.signalCode !== null || pid === -1,
    signal,
    stop: async (which, graceMs) => {
      if (which === 'SIGKILL') signal(which)
      else {
        signalGroup(pid, which)
        signal('SIGCONT')
      }
      const killing = setTimeout(() => {
        signal('SIGKILL')
      }, graceMs)
      await exited
      clearTimeout(killing)
      // Its children may outlive it.
      signalGroup(pid, 'SIGKILL')
    },
  }
}

/** Writes a process down in the folder's book until it ends, so that it ends with the run at the latest. */
export function writeDown(bookFolder: string, child: ChildProcess): void {
  const { pid } = child
  if (pid === undefined) return
  rememberProcess(bookFolder, pid)
  child.once('exit', () => {
    forgetProcess(bookFolder, pid)
  })
}

async function whenExited(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  child.once('error', (error) => {
    resolve(`could not start: ${error.message}`)
  })
  child.once('exit', (code, signal) => {
    resolve(signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`)
  })
  return await promise
}
