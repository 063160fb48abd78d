/**
 * Marks work that is started now and awaited later: if it fails before, Node does not report an unhandled
 * rejection.
 */
export function ahead<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}
