import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 200
const LONGEST_POLL_MS = 1_000
/** A check is repeated after this part of the time that has passed: asked more often it would keep busy what it waits for. */
const PART_OF_PASSED = 0.1

/**
 * Repeats `check` until it stops throwing, and returns what it returned.
 * @throws the last failure once `withinMs` has passed
 */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 90_000): Promise<T> {
  const start = Date.now()
  for (;;) {
    try {
      return await check()
    } catch (error) {
      const passedMs = Date.now() - start
      if (passedMs > withinMs) throw error
      await sleep(Math.min(LONGEST_POLL_MS, Math.max(POLL_MS, passedMs * PART_OF_PASSED)))
    }
  }
}
