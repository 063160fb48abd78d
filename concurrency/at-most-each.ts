/**
 * Does the work again only when it was begun that long ago, and once at a time: whoever asks meanwhile waits for the same.
 * @param clock milliseconds that never go back
 */
export function atMostEach<T>(
  intervalMs: number,
  clock: () => number,
  work: () => Promise<T>,
): () => Promise<T> {
  let begunMs = -Infinity
  let latest: Promise<T> | null = null
  let isRunning = false
  return () => {
    if (latest !== null && (isRunning || clock() - begunMs < intervalMs)) return latest
    begunMs = clock()
    isRunning = true
    latest = work().finally(() => {
      isRunning = false
    })
    return latest
  }
}
