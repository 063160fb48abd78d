/** How often messages are sent. */
export const TICK_MS = 20

/** Twice the rate: a backlog after a stall is worked off as fast as it grew, and no faster. */
const CATCH_UP_FACTOR = 2

// kafkajs's cost grows with the square of the messages of one send.
const MAX_PER_TICK = 2_000

export type Pace = {
  /** The messages to send at `nowMs`, as Unix milliseconds when each of them was due, oldest first. */
  due(nowMs: number): number[]
}

/**
 * An open-loop schedule: message n (from 0) is due at `startMs + n / rate` whatever became of those before it, so a stall
 * delays messages and drops none. One tick sends at most twice its share (but always one), and never more than 2,000. Rate 0: none ever.
 */
export function createPace(ratePerSecond: number, startMs: number): Pace {
  const intervalMs = 1000 / ratePerSecond
  const perTick = Math.min(Math.ceil((ratePerSecond * TICK_MS * CATCH_UP_FACTOR) / 1000), MAX_PER_TICK)
  let sent = 0
  return {
    due(nowMs) {
      const scheduled = Math.ceil((nowMs - startMs) / intervalMs)
      const first = sent
      sent = Math.max(sent, Math.min(scheduled, sent + perTick))
      return Array.from({ length: sent - first }, (_, index) => startMs + (first + index) * intervalMs)
    },
  }
}
