import { processTable, processTree } from './process-table.ts'

/** Signals a process, all its descendants and its group. Processes that have ended already are no error. */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  if (pid <= 1) return
  const tree = processTree(pid, processTable())
  // Parents first: a process that is stopped or killed starts no more children.
  for (const member of tree) send(member, signal)
  signalGroup(pid, signal)
}

/** Signals the process group that this process leads. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (pid > 1) send(-pid, signal)
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal)
  } catch (error) {
    // macOS reports EPERM for a group whose processes have all ended.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
