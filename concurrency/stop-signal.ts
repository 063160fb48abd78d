/**
 * Aborts when the first of `signals` does, or when its holder says so.
 * AbortSignal.any forgets an abort when the source that had it was collected before somebody looked, as one of
 * AbortSignal.timeout always can be (nodejs/node issues 57736 and 65995): a slice would then never end.
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

/** Aborts after `ms` milliseconds, or when one of `signals` does; `clear` ends the waiting. */
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
