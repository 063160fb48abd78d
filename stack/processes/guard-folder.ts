import { spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { rememberProcess } from './process-book.ts'

/**
 * Waits until its input ends, as it does when the process at the other end is gone, however it went. A shell takes next
 * to no memory meanwhile.
 */
const WAIT = 'trap "" HUP INT TERM; read -r line; exec "$@"'
const END_ORPHANS = fileURLToPath(new URL('./end-orphans.ts', import.meta.url))

/**
 * Has the processes that are written down in `folder` ended when this one is gone without having done it: after a
 * SIGKILL, a crash, the end of the terminal. Take the folder's lock first.
 */
export function guardFolder(folder: string): void {
  const whenGone = [process.execPath, END_ORPHANS, folder, String(process.pid)]
  // In a group of its own: what is sent to this process and its group does not reach it.
  const guardian = spawn('sh', ['-c', WAIT, 'sh', ...whenGone], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guardian.unref()
  if (guardian.stdin instanceof Socket) guardian.stdin.unref()
  // Written down like the others, it ends with them and is not left behind by an orderly end.
  if (guardian.pid !== undefined) rememberProcess(folder, guardian.pid)
}
