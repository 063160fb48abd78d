import { spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { rememberProcess } from './process-book.ts'

/**
 * A shell script that waits until its input ends, which happens when the process at the other end is gone for
 * any reason. A shell takes hardly any memory meanwhile.
 */
const WAIT = 'trap "" HUP INT TERM; read -r line; exec "$@"'
const END_ORPHANS = fileURLToPath(new URL('./end-orphans.ts', import.meta.url))

/**
 * Starts a guardian that ends the processes written down in `folder` if this process goes without doing so:
 * after a SIGKILL, a crash, or the end of the terminal. Take the folder's lock first.
 */
export function guardFolder(folder: string): void {
  const whenGone = [process.execPath, END_ORPHANS, folder, String(process.pid)]
  // Detached, so that it is in a group of its own: a signal to the group of this process does not reach it.
  const guardian = spawn('sh', ['-c', WAIT, 'sh', ...whenGone], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guardian.unref()
  if (guardian.stdin instanceof Socket) guardian.stdin.unref()
  // Written down like the others, so that an orderly end of this process ends the guardian, too.
  if (guardian.pid !== undefined) rememberProcess(folder, guardian.pid)
}
