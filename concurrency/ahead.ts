/** A failure of work that runs ahead is seen when it is awaited, not as an unhandled rejection before. */
export function ahead<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}
