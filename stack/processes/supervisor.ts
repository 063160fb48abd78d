import type { Part } from '../parts/part.ts'
import { startProcess, STOP_GRACE_MS, type Command, type RunningProcess } from './process.ts'

export type Supervised = {
  name: string
  /** Stops the process in order and starts it again at once, with `changes` to its command. */
  restart: (changes?: Partial<Command>) => Promise<void>
  stop: () => Promise<void>
}

const FIRST_BACK_OFF_MS = 1_000
const LONGEST_BACK_OFF_MS = 30_000
/** After a process has run for this long, its next crash begins with the first back-off again. */
const WELL_AFTER_MS = 60_000

/** How long to wait before a restart. @param attempt how many restarts in a row came before it */
export const backOffMs = (attempt: number): number =>
  Math.min(FIRST_BACK_OFF_MS * 2 ** attempt, LONGEST_BACK_OFF_MS)

/**
 * Keeps a process running until it is told to stop: reports each end and starts the process again with
 * back-off.
 */
export function supervise(command: Command, say: (line: string) => void): Supervised {
  let stopped = false
  let attempt = 0
  let waiting: NodeJS.Timeout | undefined
  let running: RunningProcess
  let isRestarting = false

  const start = () => {
    const startedAt = Date.now()
    running = startProcess(command)
    void running.exited.then((how) => {
      if (stopped || isRestarting) return
      if (Date.now() - startedAt > WELL_AFTER_MS) attempt = 0
      const waitMs = backOffMs(attempt++)
      say(
        `${command.name} ended (${how}); starting it again in ${waitMs / 1000} s; its log: ${command.logFile}`,
      )
      waiting = setTimeout(start, waitMs)
    })
  }
  start()
  return {
    name: command.name,
    restart: async (changes = {}) => {
      isRestarting = true
      clearTimeout(waiting)
      await running.stop('SIGTERM', STOP_GRACE_MS)
      isRestarting = false
      command = { ...command, ...changes }
      attempt = 0
      if (!stopped) start()
    },
    stop: async () => {
      stopped = true
      clearTimeout(waiting)
      await running.stop('SIGTERM', STOP_GRACE_MS)
    },
  }
}

/**
 * Starts a part again with back-off when it crashes, with the same address and data.
 * @returns a function that ends this
 */
export function restartAfterCrash(part: Part, say: (line: string) => void): () => void {
  let stopped = false
  let attempt = 0
  let waiting: NodeJS.Timeout | undefined
  let startedAt = Date.now()

  const start = async () => {
    startedAt = Date.now()
    try {
      await part.start()
      say(`${part.name} is back`)
    } catch (error) {
      startAfter(error instanceof Error ? error.message : String(error))
    }
  }
  const startAfter = (how: string) => {
    if (stopped) return
    if (Date.now() - startedAt > WELL_AFTER_MS) attempt = 0
    const waitMs = backOffMs(attempt++)
    say(`${part.name} ended (${how}): the pipeline waits; starting it again in ${waitMs / 1000} s`)
    waiting = setTimeout(() => void start(), waitMs)
  }
  part.onCrash(startAfter)
  return () => {
    stopped = true
    clearTimeout(waiting)
  }
}
