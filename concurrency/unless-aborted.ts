/** A wait was stopped by a signal; `cause` is the reason of the signal. */
export class StoppedError extends Error {
  override name = 'StoppedError'
}

/**
 * Waits for `work` until `signal` aborts. The work then continues, but its result is ignored.
 * @throws {StoppedError} if `signal` aborts first
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

/** Waits like `unlessAborted`. @returns null if `signal` aborts first */
export async function orStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  try {
    return await unlessAborted(work, signal)
  } catch (error) {
    if (error instanceof StoppedError) return null
    throw error
  }
}
