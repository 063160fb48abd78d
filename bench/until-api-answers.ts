import { setTimeout as sleep } from 'node:timers/promises'
import { HOST } from '../stack/processes/ports.ts'
import type { RunningProcess } from '../stack/processes/process.ts'
import type { BenchStack } from './bench-stack.ts'
import { lastLines } from './drain/drain.ts'

const START_TIMEOUT_MS = 60_000
const POLL_MS = 100

/**
 * Waits until an API is ready.
 * @throws {Error} with its last lines, if it ended or is not ready within a minute
 */
export async function untilApiAnswers(stack: BenchStack, api: RunningProcess, port: number): Promise<void> {
  const deadlineMs = Date.now() + START_TIMEOUT_MS
  while (!(await isReady(port))) {
    stack.stop.throwIfAborted()
    if (api.hasExited() || Date.now() > deadlineMs)
      throw new Error(`the API does not answer: ${await lastLines(stack, api)}`)
    await sleep(POLL_MS)
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://${HOST}:${port}/ready`)).ok
  } catch {
    return false
  }
}
