import type { ProcessControl } from '../target.ts'

/** A process of a role, however it was started. */
export type RunningRole = {
  signal: (signal: NodeJS.Signals) => void
  /** SIGKILL; resolves when it is gone. */
  kill: () => Promise<void>
  exited: Promise<number | string>
}

/** A supervisor's pause before it starts a process again that has ended by itself. */
const RESTART_MS = 1_000

/** Starts a role, and again whenever it ends without having been killed from here. */
export function superviseRole(
  name: string,
  launch: () => RunningRole,
  say: (line: string) => void,
): ProcessControl {
  let running: RunningRole | null = null
  const start = () => {
    const started = launch()
    running = started
    void started.exited.then((how) => {
      if (running !== started) return
      say(`${name} ended by itself (${how}); it is started again`)
      setTimeout(() => {
        if (running === started) start()
      }, RESTART_MS)
    })
  }
  start()
  return {
    start,
    kill: async () => {
      const ending = running
      running = null
      await ending?.kill()
    },
    suspend: () => running?.signal('SIGSTOP'),
    resume: () => running?.signal('SIGCONT'),
  }
}
