import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningProcess } from './process.ts'

const POLL_MS = 100

/**
 * Repeats `probe` until it succeeds.
 * @throws when the process ends first or time runs out; the message names the log, and the process no longer
 *   runs
 */
export async function untilReady(
  running: RunningProcess,
  logFile: string,
  timeoutMs: number,
  probe: () => Promise<unknown>,
): Promise<void> {
  const end = Date.now() + timeoutMs
  for (;;) {
    try {
      await probe()
      if (!running.hasExited()) return
      throw new Error('another process answered in its place')
    } catch (error) {
      if (running.hasExited())
        throw new Error(`${running.name} ended (${await running.exited}) while starting; see ${logFile}`, {
          cause: error,
        })
      if (Date.now() > end) {
        await running.stop('SIGKILL', 0)
        throw new Error(`${running.name} does not answer after ${timeoutMs / 1000} s; see ${logFile}`, {
          cause: error,
        })
      }
      await sleep(POLL_MS)
    }
  }
}
