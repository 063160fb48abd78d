/**
 * Creates a controller that aborts when the first of `signals` does.
 * AbortSignal.any can lose an abort if its source is garbage-collected before anybody looks, as the signal of
 * AbortSignal.timeout always can be (nodejs/node issues 57736 and 65995). A slice would then never end.
 */
export function abortedBy(signals: readonly AbortSignal[]): AbortController {
  const controller = new AbortController()
  const abort = () => {
    controller.abort()
  }
  for (const signal of signals) {
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  }
  return controller
}

/**
 * Creates a signal that aborts after `ms` milliseconds or when one of `signals` does; `clear` stops the
 * timer.
 */
export function stopAfter(
  ms: number,
  signals: readonly AbortSignal[],
): { signal: AbortSignal; clear: () => void } {
  const stop = abortedBy(signals)
  const timer = setTimeout(() => {
    stop.abort()
  }, ms)
  return {
    signal: stop.signal,
    clear: () => {
      clearTimeout(timer)
    },
  }
}
