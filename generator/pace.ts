/** How often messages are sent. */
export const TICK_MS = 20

/** A backlog after a stall is worked off at twice the rate: as fast as it grew, and no faster. */
const CATCH_UP_FACTOR = 2
/** Time since the last send that counts for its share: longer than a slow send, shorter than a stall. */
const SHARE_MS = 250
/** kafkajs's cost grows with the square of the messages of one send. */
const MAX_PER_SEND = 2_000

export type Pace = {
  /** The messages to send at `nowMs`, as Unix milliseconds when each of them was due, oldest first. */
  due(nowMs: number): number[]
}

/**
 * An open-loop schedule: message n (from 0) is due at `startMs + n / rate` whatever became of those before it, so a
 * stall delays messages and drops none. One send takes at most twice what the time since the last one is worth, and
 * never more than half a second's worth or 2,000 (but always one). Rate 0: none ever.
 */
export function createPace(ratePerSecond: number, startMs: number): Pace {
  const intervalMs = 1000 / ratePerSecond
  let sent = 0
  let lastMs = startMs
  return {
    due(nowMs) {
      const scheduled = Math.ceil((nowMs - startMs) / intervalMs)
      const shareMs = Math.min(Math.max(nowMs - lastMs, 0), SHARE_MS)
      const share = Math.ceil((shareMs * CATCH_UP_FACTOR) / intervalMs)
      const first = sent
      sent = Math.max(sent, Math.min(scheduled, sent + Math.min(share, MAX_PER_SEND)))
      lastMs = nowMs
      return Array.from({ length: sent - first }, (_, index) => startMs + (first + index) * intervalMs)
    },
  }
}
