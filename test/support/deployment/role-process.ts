import { spawn } from 'node:child_process'
import { inject } from 'vitest'
import { writeDown } from '../../../stack/processes/process.ts'

/** A role of Rollcall as a process of its own. */
export type RoleProcess = {
  pid: number
  /** Its JSON log lines so far. */
  log: () => Record<string, unknown>[]
  signal: (signal: NodeJS.Signals) => void
  /** SIGKILL; resolves when it is gone. Harmless when it is gone already. */
  kill: () => Promise<void>
  /** Resolves with the exit code, or with the signal that ended it. */
  exited: Promise<number | string>
}

export function startRole(
  entry: string,
  environment: Record<string, string>,
  args: string[] = [],
): RoleProcess {
  const child = spawn(process.execPath, [entry, ...args], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  writeDown(inject('runFolder'), child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  }
  const { promise: exited, resolve } = Promise.withResolvers<number | string>()
  // Not at its exit: what it said last may come later.
  child.once('close', (code, signal) => {
    resolve(signal ?? code ?? -1)
  })
  return {
    pid: child.pid ?? -1,
    log: () => output.split('\n').flatMap(parseLine),
    signal: (signal) => child.kill(signal),
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    exited,
  }
}

function parseLine(line: string): Record<string, unknown>[] {
  if (line.trim() === '') return []
  try {
    return [JSON.parse(line) as Record<string, unknown>]
  } catch {
    return [{ text: line }]
  }
}
