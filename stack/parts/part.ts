import { type RunningProcess, STOP_GRACE_MS } from '../processes/process.ts'

/** A server of the local stack. It keeps its address and its data over stops and starts. */
export type Part = {
  name: string
  start: () => Promise<void>
  /** Stops it in order, as an operator would. */
  stop: () => Promise<void>
  /** Sends SIGKILL, which is like a crash. */
  kill: () => Promise<void>
  suspend: () => void
  resume: () => void
  /** Registers what is called when the process ends without being told to. */
  onCrash: (listener: (how: string) => void) => void
}

/** A part that does not answer by then has failed to start: the slowest machine takes half of this time. */
export const START_TIMEOUT_MS = 60_000

/** Creates a part. @param launch starts its process, and resolves when the server answers */
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
