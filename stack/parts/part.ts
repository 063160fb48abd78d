import { type RunningProcess, STOP_GRACE_MS } from '../processes/process.ts'

/** A server of the local stack. It keeps its address and its data over stops and starts. */
export type Part = {
  name: string
  start: () => Promise<void>
  /** Orderly, as an operator would. */
  stop: () => Promise<void>
  /** SIGKILL, as a crash would. */
  kill: () => Promise<void>
  suspend: () => void
  resume: () => void
  /** Called when the process ends without having been told to. */
  onCrash: (listener: (how: string) => void) => void
}

/** A part that has not answered by then does not start: the slowest machine takes half of it. */
export const START_TIMEOUT_MS = 60_000

/** The life of a part around its process; `launch` resolves when the server answers. */
export function createPart(
  name: string,
  launch: () => Promise<RunningProcess>,
  stopSignal: NodeJS.Signals,
): Part {
  let running: RunningProcess | null = null
  const listeners: ((how: string) => void)[] = []
  const end = async (signal: NodeJS.Signals) => {
    const ending = running
    running = null
    await ending?.stop(signal, STOP_GRACE_MS)
  }
  return {
    name,
    start: async () => {
      const started = await launch()
      running = started
      void started.exited.then((how) => {
        if (running !== started) return
        running = null
        for (const listener of listeners) listener(how)
      })
    },
    stop: () => end(stopSignal),
    kill: () => end('SIGKILL'),
    suspend: () => running?.signal('SIGSTOP'),
    resume: () => running?.signal('SIGCONT'),
    onCrash: (listener) => listeners.push(listener),
  }
}
