/** From the end of one reading to the start of the next, at least: so often it is read, however many ask. */
const PAUSE_MS = 250

/**
 * Returns what reads anew: the promise is of a reading that began after the call. Those who call while one is under
 * way share the next.
 * @param read never rejects
 */
export function createRereading(read: () => Promise<void>): () => Promise<void> {
  let latest: Promise<unknown> = Promise.resolve()
  let next: Promise<void> | null = null
  const readNext = async () => {
    await latest
    next = null
    const reading = read()
    latest = reading.then(pause)
    await reading
  }
  return () => (next ??= readNext())
}

const pause = () =>
  new Promise<void>((over) => {
    setTimeout(over, PAUSE_MS)
  })
