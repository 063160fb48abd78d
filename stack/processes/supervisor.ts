import type { Part } from '../parts/part.ts'
import { startProcess, STOP_GRACE_MS, type Command, type RunningProcess } from './process.ts'

export type Supervised = {
  name: string
  /** Ends the process in order and starts it at once, with what `changes` says of its command. */
  restart: (changes?: Partial<Command>) => Promise<void>
  stop: () => Promise<void>
}

const FIRST_BACK_OFF_MS = 1_000
const LONGEST_BACK_OFF_MS = 30_000
/** A process that ran this long was well: its next crash starts with the first back-off again. */
const WELL_AFTER_MS = 60_000

/** How long to wait before restart number `attempt` (from 0) in a row. */
export const backOffMs = (attempt: number): number =>
  Math.min(FIRST_BACK_OFF_MS * 2 ** attempt, LONGEST_BACK_OFF_MS)

/** Keeps a process running: each end is said and followed by a restart with back-off, until it is told to stop. */
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
 * Starts a part again when it crashes, with back-off, on its address and data.
 * @returns what ends that
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
