/**
 * Does the work again only when it was begun that long ago, and once at a time: whoever asks meanwhile waits for the same.
 * @param clock milliseconds that never go back
 */
export function atMostEach(
  intervalMs: number,
  clock: () => number,
  work: () => Promise<void>,
): () => Promise<void> {
  let begunMs = -Infinity
  let latest: Promise<void> = Promise.resolve()
  let isRunning = false
  return () => {
    if (isRunning || clock() - begunMs < intervalMs) return latest
    begunMs = clock()
    isRunning = true
    latest = work().finally(() => {
      isRunning = false
    })
    return latest
  }
}
