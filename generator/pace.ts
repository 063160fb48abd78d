/** The pause between sends. */
export const TICK_MS = 20

/** After a stall, messages are sent at up to twice the rate: the backlog shrinks as fast as it grew. */
const CATCH_UP_FACTOR = 2
/**
 * The time since the last send counts up to this much: longer than a slow send takes, shorter than a stall.
 */
const SHARE_MS = 250
/** In kafkajs the cost of one send grows with the square of its messages. */
const MAX_PER_SEND = 2_000

export type Pace = {
  /** Returns when (Unix milliseconds) each of the messages to send at `nowMs` was due, oldest first. */
  due(nowMs: number): number[]
}

/**
 * Creates an open-loop schedule: message n (from 0) is due at `startMs + n / rate` even if earlier ones are
 * late, so that a stall delays messages and drops none. One send takes at most twice the messages of the time
 * since the last send, and never more than those of half a second or 2,000, but at least one. With rate 0 no
 * message is ever due.
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
