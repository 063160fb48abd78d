import { processTable, processTree } from './process-table.ts'

/** Signals a process, all below it, and their groups. What is gone already is fine. */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  if (pid <= 1) return
  const tree = processTree(pid, processTable())
  // Parents first: one that is stopped or killed starts no more children.
  for (const member of tree) send(member, signal)
  signalGroup(pid, signal)
}

/** Signals a process and those of its group. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (pid > 1) send(-pid, signal)
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal)
  } catch (error) {
    // macOS says EPERM of a group in which all have ended.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
