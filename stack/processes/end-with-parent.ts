/** How long a run may go on without the process that runs it. */
const POLL_MS = 500

/**
 * Sends this process a SIGTERM once the one that NPM_PID names is not its parent any more: npm that is killed, or whose
 * terminal ends, passes nothing on. The scripts of package.json name their npm; what is started otherwise may outlive its
 * parent, as `nohup` asks for.
 */
export function endWithParent(): void {
  const { NPM_PID: parent } = process.env
  if (parent === undefined) return
  // Not for what this process starts: that has another parent.
  delete process.env['NPM_PID']
  const watch = setInterval(() => {
    if (process.ppid === Number(parent)) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, POLL_MS)
  watch.unref()
}
