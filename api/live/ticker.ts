/** How often the node is asked while anybody waits: a tenth of what may pass between two events. */
const TICK_MS = 100

export type Ticker = {
  /**
   * Calls `resume` once, when a node is beyond a place of its write-ahead log. Returns what ends the wait
   * without the call.
   */
  watch(position: bigint, resume: () => void): () => void
}

/**
 * Watches how far the database nodes are, once for all questions of this API, for as long as one of them
 * waits. A standby refuses LISTEN, so that there is nothing to be told by.
 * @param readPosition the place of the node whose turn it is, in bytes of its write-ahead log
 */
export function createTicker(readPosition: () => Promise<bigint>): Ticker {
  const waiting = new Map<() => void, bigint>()
  let isRunning = false

  const tick = async () => {
    const position = await readPosition().catch(() => null)
    for (const [resume, since] of waiting)
      if (position !== null && position > since) {
        waiting.delete(resume)
        resume()
      }
    isRunning = waiting.size > 0
    if (isRunning) setTimeout(() => void tick(), TICK_MS)
  }
  return {
    watch(position, resume) {
      waiting.set(resume, position)
      if (!isRunning) {
        isRunning = true
        void tick()
      }
      return () => {
        waiting.delete(resume)
      }
    },
  }
}
