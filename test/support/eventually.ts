import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 200

/**
 * Repeats `check` until it stops throwing, and returns what it returned.
 * @throws the last failure once `withinMs` has passed
 */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 90_000): Promise<T> {
  const end = Date.now() + withinMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > end) throw error
      await sleep(POLL_MS)
    }
  }
}
