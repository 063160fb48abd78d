/** What waited was told to stop; the cause says by what. */
export class StoppedError extends Error {
  override name = 'StoppedError'
}

/**
 * Waits for `work`, but no longer than until `signal` aborts: the work goes on unheard then.
 * @throws {StoppedError}
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => {
    reject(new StoppedError('stopped', { cause: signal.reason }))
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    if (signal.aborted) onAbort()
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** As `unlessAborted`. @returns null when it was stopped */
export async function orStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  try {
    return await unlessAborted(work, signal)
  } catch (error) {
    if (error instanceof StoppedError) return null
    throw error
  }
}
