/**
 * Reads slices one after the other. The next one is asked for before the last one is worked on, so that Postgres and Node work
 * at the same time; whoever stops reads one slice too much at most.
 */
export async function* readAhead<Slice, Rows>(
  slices: readonly Slice[],
  read: (slice: Slice) => Promise<Rows>,
): AsyncGenerator<Rows, void> {
  const ask = (slice: Slice | undefined) => (slice === undefined ? null : settled(read(slice)))
  let next = ask(slices[0])
  try {
    for (let place = 1; next !== null; place++) {
      const rows = await next
      next = ask(slices[place])
      if ('error' in rows) throw rows.error
      yield rows.value
    }
  } finally {
    await next
  }
}

type Settled<T> = { value: T } | { error: unknown }

/** A failure is thrown when its turn comes, and nowhere if it never does. */
const settled = <T>(promise: Promise<T>): Promise<Settled<T>> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
