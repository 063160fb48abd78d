/** A process may go on for this long after its parent is gone. */
const POLL_MS = 500

/**
 * Sends this process a SIGTERM once the process that NPM_PID names is no longer its parent: npm passes no
 * signal on when it is killed or its terminal ends. The scripts of package.json set NPM_PID. A process that
 * is started in another way may outlive its parent, as with `nohup`.
 */
export function endWithParent(): void {
  const { NPM_PID: parent } = process.env
  if (parent === undefined) return
  // The processes that this one starts have another parent.
  delete process.env['NPM_PID']
  const watch = setInterval(() => {
    if (process.ppid === Number(parent)) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, POLL_MS)
  watch.unref()
}
